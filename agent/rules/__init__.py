"""What is written for Prometheus and Alertmanager, from the configuration: rules, their tests, an example of routes."""
