"""Answerable: the desk at which an online service answers governments."""

__version__ = "0.1.0"
