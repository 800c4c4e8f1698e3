"""Reports made, frozen and mailed."""
