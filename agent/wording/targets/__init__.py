"""What each target promises and how it is measured."""
