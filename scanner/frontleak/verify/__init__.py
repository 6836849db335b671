"""Asks a vendor's API what a secret may do. Runs only on request."""
