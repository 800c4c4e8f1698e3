"""pgBackRest as a backup program: its copies are listed and verified here."""

from agent.core.collecting.backup_program import BackupProgram
from collectors.pgbackrest import LOOKS

PROGRAM = BackupProgram(looks=LOOKS)
