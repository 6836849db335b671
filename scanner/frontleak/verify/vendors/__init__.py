"""One recipe per vendor."""
