"""The built-in notifier, for sites without Alertmanager: each transition is sent once to each receiver."""
