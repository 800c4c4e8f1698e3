"""Tests of agent.restores.clusters."""
