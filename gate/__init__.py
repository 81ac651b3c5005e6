"""Quality floors, each bound to the hash of the data that it was measured on."""
