"""The registers: what can only be declared, with dates, authors and evidence, kept in the ledger."""
