"""The nouns: frozen records that every stage reads and none changes. Start with `route`."""
