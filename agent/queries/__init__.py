"""What is known, read from the ledger alone."""
