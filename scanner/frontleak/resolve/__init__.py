"""Import specifiers -> files."""
