"""Lines that make a hook tool run frontleak: where each belongs, how it is added and taken out again."""
