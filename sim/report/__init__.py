"""The report of a comparison: one page that stands alone, a workbook, and the figures as data."""
