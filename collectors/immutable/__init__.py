"""How long the files of a copy are protected from deletion, whatever program made it."""
