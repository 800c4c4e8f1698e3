"""pgBackRest as a backup program: its copies are listed and verified here, and an exercise starts what they hold."""

from agent.core.collecting.backup_program import BackupProgram
from collectors.pgbackrest import LOOKS
from collectors.pgbackrest.restores import opens

PROGRAM = BackupProgram(looks=LOOKS, clusters=opens)
