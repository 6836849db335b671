"""Which files are scanned, how they are read, and who can see them."""
