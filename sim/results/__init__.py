"""What a run leaves: tables, their content, their files."""
