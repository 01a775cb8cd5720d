"""Regulation (EU) 2022/2065: orders to act against illegal content, and orders to give information."""
