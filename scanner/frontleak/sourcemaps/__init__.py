"""From a position in generated code to the original source."""
