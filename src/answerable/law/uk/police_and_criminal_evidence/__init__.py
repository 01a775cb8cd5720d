"""Production orders of a Circuit judge under section 9 of and Schedule 1 to the Act of 1984."""
