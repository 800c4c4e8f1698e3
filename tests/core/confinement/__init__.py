"""Tests of agent.core.confinement."""
