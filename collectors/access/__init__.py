"""What is looked at of a machine's accounts and of the ways into it."""
