"""What a check is, and what several checks share."""
