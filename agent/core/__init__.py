"""The lowest layer: value types, bounded reads, the clock."""
