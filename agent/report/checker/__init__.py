"""The checker page: one file that verifies a bundle in a browser, and reaches no one."""
