"""When the person may be told by us, and what is asked of the authority, where it is to tell."""

from answerable.notify.notices import ChaseLetter, chase_letter, is_ours_to_give, may_be_sent_from

__all__ = ["ChaseLetter", "chase_letter", "is_ours_to_give", "may_be_sent_from"]
