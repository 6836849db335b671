"""What is known of frontend frameworks."""
