"""Which records answer it, and no more? A plan that a lawyer can read, before any row is read."""

from answerable.collect.data_map import DataMap, load_data_map
from answerable.collect.plan import Plan, Step, make_plan

__all__ = ["DataMap", "Plan", "Step", "load_data_map", "make_plan"]
