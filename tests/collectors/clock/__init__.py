"""Tests of collectors.clock."""
