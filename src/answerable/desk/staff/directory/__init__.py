"""Pages for the directory of authorities."""
