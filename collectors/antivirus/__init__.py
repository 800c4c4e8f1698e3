"""What protects a machine from malware: one file a product, and one collector that finds which of them are there."""
