"""Compressed files and archives, one module a format; nothing is ever written to disk."""
