"""Resolve import specifiers to files."""
