"""Tests of agent.restores.confinement."""
