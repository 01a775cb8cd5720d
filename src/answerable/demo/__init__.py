"""A sample provider, a handful of demands, and the whole route on one machine."""
