"""Treaties of the Council of Europe."""
