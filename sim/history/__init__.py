"""History as a run: what was published year by year, and how well the model fits and predicts."""
