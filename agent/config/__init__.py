"""Read a configuration: TOML in, frozen values or every mistake at once out."""
