"""May this certificate be executed? Every test of the Regulation, in the order in which grounds are named.

form          what the paper leaves out or gets wrong
authority     who ordered it
reach         whom and what it reaches
preservation  what is kept, and how long
conflict      the law of a third country (Art. 17), once it was raised
enforcement   what can be objected to the enforcing authority (Art. 16), once it requires us to comply
"""

from __future__ import annotations

from answerable.law.eu.e_evidence_regulation import authority, conflict, enforcement, form, preservation, reach
from answerable.law.eu.e_evidence_regulation.instruments import CITE
from answerable.law.rule import Rules

RULES = Rules(CITE, form.RULES, authority.RULES, reach.RULES, preservation.RULES, conflict.RULES, enforcement.RULES)
