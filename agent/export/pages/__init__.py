"""The pages of the status, of targets and of subjects."""
