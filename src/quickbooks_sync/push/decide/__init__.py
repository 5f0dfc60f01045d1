"""What should happen to a row."""
