"""Install the program on this machine, upgrade it with a way back, and remove it."""
