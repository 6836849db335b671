"""Further readings of some bytes: one module a kind, each asked only where its trigger fired."""
