"""Demands of the rest of the world, and what any paper from abroad has to show."""
