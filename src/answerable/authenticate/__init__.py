"""Who sent it, is it genuine? Facts about paper and signature, never a score.

The readers of papers are loaded where one is read (`examining`, `sheet`), and not by whoever only shows what they found.
"""

from answerable.authenticate.against import against_finding, never_damaged
from answerable.authenticate.calling import call_facts

__all__ = ["against_finding", "call_facts", "never_damaged"]
