"""Regulation (EU) 2023/1543: production orders for electronic evidence."""
