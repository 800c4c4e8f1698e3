"""Merkle trees, signed notes and checkpoints: values alone, no file, no database, no network."""
