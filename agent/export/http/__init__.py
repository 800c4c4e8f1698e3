"""The server behind `[agent] listen`."""
