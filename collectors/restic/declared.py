"""restic as a backup program: how its repositories are opened for restores, and for audits by draws."""

from agent.core.collecting.backup_program import BackupProgram
from collectors.restic import LOOKS
from collectors.restic.blobs import audits
from collectors.restic.repository import opens

# Every address that a copy may have is one that restic accepts: it is the only program, and the configuration knows no
# other.
PROGRAM = BackupProgram(looks=LOOKS, opens=opens, audits=audits)
