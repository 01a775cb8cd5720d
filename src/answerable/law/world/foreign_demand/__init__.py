"""A direct demand of a State that no treaty and no other law here speaks of: the table of States, and what follows."""
