"""What do others' descriptions of a provider's stores suggest? A draft of a data map, in which nothing can be read yet.

A description says what a column holds; it cannot say what it is in law. So every column comes over as a comment with a
suggestion, and stays unanswerable until a person gives it a class.
"""

from answerable.collect.importing.drafting import Draft, draft
from answerable.collect.importing.fideslang import from_fideslang
from answerable.collect.importing.odcs import from_odcs

__all__ = ["Draft", "draft", "from_fideslang", "from_odcs"]
