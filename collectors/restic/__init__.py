"""restic, through its own JSON."""
