"""What other programs and people fetch: metrics, verdicts as JSON, the status page, over HTTP."""
