"""Shared records: findings, secrets, origins, errors. Imports nothing else from the package."""
