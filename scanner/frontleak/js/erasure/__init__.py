"""Text that the grammars reject, with the parts they reject erased and all offsets unchanged."""
