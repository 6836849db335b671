"""Data that frameworks embed in pages: hydration state, flight rows and attributes."""
