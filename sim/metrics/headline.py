"""The figures that a comparison speaks of first: declared beforehand, tested as one family."""

HEADLINE = (
    "office_visits",
    "wait_mean",
    "wait_p95",
    "within_standard",
    "online_share",
    "on_time",
    "processing_days",
    "rural_travel",
    "satisfaction",
    "public_cost_per_need",
)
