"""Maps positions in generated code to original sources."""
