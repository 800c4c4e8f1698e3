"""Restored PostgreSQL clusters: made harmless, started in confinement on a private socket, asked, and stopped."""
