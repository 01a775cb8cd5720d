"""Regulation (EU) 2021/784: removal orders for terrorist content online."""
