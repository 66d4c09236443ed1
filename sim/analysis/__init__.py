"""What runs say together."""
