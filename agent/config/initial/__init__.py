"""The first configuration: what `beffroi init` finds on a machine."""
