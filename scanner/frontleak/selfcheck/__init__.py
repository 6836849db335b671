"""Runs every rule on its own examples."""
