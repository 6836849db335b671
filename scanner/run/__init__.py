"""Runs work in one process or several."""
