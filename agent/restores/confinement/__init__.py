"""Take from this process what it does not need, for good and without any privilege: files, network, programs."""
