"""Exact laws of queues and choices, and how our engines are held against them."""
