"""Tests of collectors.barman."""
