"""The ledger: an append-only chain of digests over everything that was seen, judged, declared and promised."""
