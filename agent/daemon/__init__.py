"""The daemon: its loop, its schedule and its messages to the service manager."""
