"""Finds rule matches in bytes."""
