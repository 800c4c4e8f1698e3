"""The installation in a booted Debian, with real systemd."""
