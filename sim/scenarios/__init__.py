"""What a decision maker changes: levers, and the changes they make day by day."""
