"""Further readings of some bytes: one module per decoder, each called only where its trigger fired."""
