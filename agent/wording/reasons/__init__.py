"""What each reason code means and how to mend it."""
