"""Constant folding: evaluate small JavaScript expressions without running them."""
