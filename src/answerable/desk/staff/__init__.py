"""Pages for the reviewers."""
