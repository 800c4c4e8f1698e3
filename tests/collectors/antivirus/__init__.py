"""Tests of collectors.antivirus."""
