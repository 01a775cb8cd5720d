"""How is a paper read that may be made to harm its reader? In a child without network, with little memory and little time."""

from answerable.adapters.sandbox.limits import Layers, Limits
from answerable.adapters.sandbox.running import Sandbox

__all__ = ["Layers", "Limits", "Sandbox"]
