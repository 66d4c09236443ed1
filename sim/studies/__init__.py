"""Runs and comparisons: what to run, and running it."""
