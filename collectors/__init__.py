"""Collectors say what is: one file each, found by listing this package."""
