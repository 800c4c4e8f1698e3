"""Tests of collectors.pgbackrest."""
