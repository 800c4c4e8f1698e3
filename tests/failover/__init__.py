"""The fleet on a primary that fails over; `tests/run --fleet` runs it."""
