"""The program as its users meet it, from a configuration to what they read."""
