"""Finds what rules look for in bytes."""
