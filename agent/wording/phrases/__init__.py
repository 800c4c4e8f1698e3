"""What is said of a verdict, by reason."""
