"""How machines are reached: programs, files, connections and privileged requests."""
