"""Installing under a root of the test's own, with a systemd that is played by a script."""
