"""A repository's files, listed and hashed where they lie, by an account that knows no password.

In a restic repository every file but `config` is named by the SHA-256 of its own bytes (restic's design document,
«Repository Format»), so that anyone who can read the files can tell whether they are what they should be.
"""
