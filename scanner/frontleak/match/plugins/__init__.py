"""Rules taken over from other tools."""
