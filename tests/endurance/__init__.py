"""What unattended years hold in store, for as long as one wants to watch."""
