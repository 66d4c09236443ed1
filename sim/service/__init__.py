"""Cases, stations and the rules of the line."""
