"""One account over many agents: their ledgers, sent to a PostgreSQL database that adds them up."""
