"""Finds the secrets a frontend gives away. The names here are the public ones; the rest may change."""

__version__ = "0.1.0"
