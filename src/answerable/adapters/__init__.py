"""Machines: clock, keys, stores, paper, encryption, files. Settings reach them as arguments."""
