"""The collectors of borg."""
