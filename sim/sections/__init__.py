"""Sections of the configuration, by what they are about, and what all are made of."""
