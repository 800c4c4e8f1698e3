"""Dashboards for Grafana, as values that become JSON; the same for every configuration."""
