"""The floor of the program: value types, the one door to programs, bounded reads, the clock."""
