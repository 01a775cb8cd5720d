"""The law of the United Kingdom: one folder an Act."""
