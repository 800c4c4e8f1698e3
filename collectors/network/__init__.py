"""What the network lets pass: flows that are tried, the web filter, each machine's own firewall."""
