"""The look at how long files are protected."""
