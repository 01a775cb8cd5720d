"""The desk: Django, and only here."""
