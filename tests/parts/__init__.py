"""Real parts that tests start on this machine: servers, repositories, and what looks after them."""
