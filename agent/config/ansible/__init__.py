"""Ansible's inventory files, read as Ansible reads them: no host of theirs is ever left out in silence."""
