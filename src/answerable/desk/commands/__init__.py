"""Verbs of the desk that would make `cli` too long; each imports what it needs when it is run."""
