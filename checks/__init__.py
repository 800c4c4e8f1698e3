"""Checks compare what is with what was promised: one pure rule a file, found by listing this package."""
