"""The clocks that entries of the registers start."""
