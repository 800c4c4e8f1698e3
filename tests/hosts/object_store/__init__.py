"""Asking an S3 store."""
