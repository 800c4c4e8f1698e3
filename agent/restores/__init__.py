"""Restored files: sampled, compared and opened."""
