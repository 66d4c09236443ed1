"""What the command line can do, one module a verb; none is imported before it is asked for."""
