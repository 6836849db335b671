"""Which module imports which, and which modules reach the client bundle."""
