"""Queries a vendor's API for the status and scope of a secret. Runs only on request."""
