"""Is this paper what was signed, and by whom? Facts of the document (D) and of its signer (E), from bytes alone.

Trust material and the moment come as arguments; nothing is fetched, nothing is asked of a clock, nothing is raised for
what a paper holds. A chain can be made to take very long: run `document_facts` in a process that is limited.
"""

from answerable.authenticate.documents.examining import document_facts
from answerable.authenticate.documents.pdf import signed_revision
from answerable.authenticate.documents.records import Contained, Examined, Kind, Qualified, Signer, Trust

__all__ = ["Contained", "Examined", "Kind", "Qualified", "Signer", "Trust", "document_facts", "signed_revision"]
