"""Collect, judge and keep: tasks, sessions, evaluation rounds and the account of days."""
