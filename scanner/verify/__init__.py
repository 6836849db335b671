"""Asks a vendor's API what a secret may do. Nothing here runs unless a person asked for it."""
