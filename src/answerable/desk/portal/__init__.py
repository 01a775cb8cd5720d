"""Pages for the officer who asks."""
