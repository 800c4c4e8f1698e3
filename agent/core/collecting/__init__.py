"""What a collector and a backup program are."""
