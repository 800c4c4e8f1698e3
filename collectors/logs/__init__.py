"""Logs that are collected: how far back they can be read, without a hole, and whether they still come."""
