"""Compressed files and archives, one module per format. Nothing is written to disk."""
