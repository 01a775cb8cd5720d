"""Law of the United States."""
