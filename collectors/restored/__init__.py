"""Restores of parts of a copy: what comes back is held against its source, and timed. Any backup program will do."""
