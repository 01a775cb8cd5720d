"""Answer, carry out, put back, contest, refuse, nothing held, in full or in part? Drafts for two people, and the letters."""

from answerable.decide.carrying_out import kept_until
from answerable.decide.drafting import annex_iii_boxes, draft, options, suggested

__all__ = ["annex_iii_boxes", "draft", "kept_until", "options", "suggested"]
