"""Who lives there, what they need, and what each of them decides."""
