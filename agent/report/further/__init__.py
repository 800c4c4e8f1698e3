"""Further documents from the same evidence: the half-year's execution, a month's indicators, a year's storage."""
