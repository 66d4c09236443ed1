"""Random numbers by address."""
