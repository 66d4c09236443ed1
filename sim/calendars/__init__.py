"""Civil days, rosters and working clocks."""
