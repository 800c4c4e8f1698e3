"""Installing the program on this machine, upgrading it with a way back, and taking it away again."""
