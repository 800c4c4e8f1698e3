"""The commands: one file each, and the exit codes."""
