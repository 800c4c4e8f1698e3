"""A small witness: it cosigns the checkpoints of some logs, each only where it continues the one before."""
