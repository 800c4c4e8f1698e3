"""The daemon: the loop, what is due, and what the service manager is told."""
