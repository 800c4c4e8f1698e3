"""Attacks on the agent, each tried as an attacker would: what stops it is what is tested."""
