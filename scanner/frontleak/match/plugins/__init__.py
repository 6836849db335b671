"""Rules adapted from other tools."""
