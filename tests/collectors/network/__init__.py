"""Tests of collectors.network."""
