"""Tickets of a real line in, laws of arrivals, services and patience out, with their intervals."""
