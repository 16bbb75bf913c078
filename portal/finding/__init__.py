"""The result page, and the one faceted list that every list uses."""
