"""European Union law."""
