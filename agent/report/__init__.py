"""The quarterly report: pure figures first, then a page, a table for tools, and a bundle of evidence."""
