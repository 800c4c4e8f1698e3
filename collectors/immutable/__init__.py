"""How long the files of a copy are protected from deletion, whatever program made it."""

from agent.core.inventory import Copy

LOOKS_AT = (Copy,)
