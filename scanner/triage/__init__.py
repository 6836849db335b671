"""Turns matches into findings worth a person's time."""
