"""Finds what the rules describe in bytes."""
