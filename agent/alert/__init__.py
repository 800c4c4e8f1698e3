"""The built-in notifier, for sites without Alertmanager: changes of state are rows, delivered once to each receiver."""
