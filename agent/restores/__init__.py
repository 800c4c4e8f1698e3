"""Restored files: drawn, compared and opened."""
