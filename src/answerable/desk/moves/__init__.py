"""Who may change anything? Only these functions: each is one transaction, asks the route, and writes an event."""

from answerable.desk.jobs import try_again
from answerable.desk.moves.accounts import (
    account_for_link,
    forget_sessions,
    make_link,
    open_account,
    sign_in,
    whose_link,
)
from answerable.desk.moves.agencies import VISIT_GOOD_FOR, Visit, begin_visit, end_visit
from answerable.desk.moves.carrying_out import Carried, preserve, record_effects, release, reopen
from answerable.desk.moves.deciding import approve, prepare, send_back
from answerable.desk.moves.delivering import close, fetch, keep_open, lay_receipt, make_available
from answerable.desk.moves.drawing import draw, draw_again, is_drawn
from answerable.desk.moves.entering import enter, words_of
from answerable.desk.moves.errands import close_due_periods, copy_out, look_at_access_point, published_checkpoint
from answerable.desk.moves.evidence import bundle_of
from answerable.desk.moves.identifying import reidentify
from answerable.desk.moves.judging import answer_question, assess, authenticate, count_records
from answerable.desk.moves.officers import ask_domain, prove_domain, vouch
from answerable.desk.moves.opening import want_opened
from answerable.desk.moves.papers import correction_bytes, letter_bytes, paper_bytes
from answerable.desk.moves.passkeys import (
    CHALLENGE_GOOD_FOR,
    challenge_of,
    confirm_demand,
    end_passkey,
    new_challenge,
    register_passkey,
    sign_in_by_passkey,
)
from answerable.desk.moves.publishing import publish
from answerable.desk.moves.receiving import receive
from answerable.desk.moves.sealing import seal, seal_together
from answerable.desk.moves.showing_counted import proof_for_person
from answerable.desk.moves.supplying import hear, supply
from answerable.desk.moves.telling import give_notice, lift_silence, notice_bytes, write_notices
from answerable.desk.moves.ticking import tick, tick_is_due
from answerable.desk.moves.writing import chase, write_letters

__all__ = [
    "CHALLENGE_GOOD_FOR",
    "VISIT_GOOD_FOR",
    "Carried",
    "Visit",
    "account_for_link",
    "answer_question",
    "approve",
    "ask_domain",
    "assess",
    "authenticate",
    "begin_visit",
    "bundle_of",
    "challenge_of",
    "chase",
    "close",
    "close_due_periods",
    "confirm_demand",
    "copy_out",
    "correction_bytes",
    "count_records",
    "draw",
    "draw_again",
    "end_passkey",
    "end_visit",
    "enter",
    "fetch",
    "forget_sessions",
    "give_notice",
    "hear",
    "is_drawn",
    "keep_open",
    "lay_receipt",
    "letter_bytes",
    "lift_silence",
    "look_at_access_point",
    "make_available",
    "make_link",
    "new_challenge",
    "notice_bytes",
    "open_account",
    "paper_bytes",
    "prepare",
    "preserve",
    "proof_for_person",
    "prove_domain",
    "publish",
    "published_checkpoint",
    "receive",
    "record_effects",
    "register_passkey",
    "reidentify",
    "release",
    "reopen",
    "seal",
    "seal_together",
    "send_back",
    "sign_in",
    "sign_in_by_passkey",
    "supply",
    "tick",
    "tick_is_due",
    "try_again",
    "vouch",
    "want_opened",
    "whose_link",
    "words_of",
    "write_letters",
    "write_notices",
]
