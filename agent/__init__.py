"""beffroi, the watchtower of a public IT service: see docs/architecture.md for the tour."""
