"""How far a machine's clock is from reference time: one file a way of telling."""
