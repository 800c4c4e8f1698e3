"""What can go wrong, done for real, and what the program must say of it: about that thing, and about no other."""
