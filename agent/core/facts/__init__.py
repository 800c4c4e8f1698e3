"""What a look shows, by domain."""
