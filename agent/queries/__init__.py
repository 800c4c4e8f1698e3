"""Read the current state and the history from the ledger alone."""
