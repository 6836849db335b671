"""What can be understood of JavaScript without running it."""
