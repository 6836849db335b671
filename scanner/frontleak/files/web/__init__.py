"""A deployed site: asks for what it serves, within limits, and keeps the responses in a folder."""
