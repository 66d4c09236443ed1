"""Claims of papers: tried on one ensemble of draws, and what comes of each in fixed words."""
