"""Who may change anything? Only these functions: each is one transaction, asks the route, and writes an event."""

from answerable.desk.jobs import try_again
from answerable.desk.moves.accounts import account_for_link, make_link, open_account, sign_in, whose_link
from answerable.desk.moves.carrying_out import Carried, preserve, record_effects, release, reopen
from answerable.desk.moves.deciding import approve, prepare, send_back
from answerable.desk.moves.delivering import close, fetch, make_available
from answerable.desk.moves.drawing import draw, draw_again, is_drawn
from answerable.desk.moves.identifying import reidentify
from answerable.desk.moves.judging import answer_question, assess, authenticate, count_records
from answerable.desk.moves.papers import correction_bytes, letter_bytes, paper_bytes
from answerable.desk.moves.receiving import receive
from answerable.desk.moves.recording import publish, tick
from answerable.desk.moves.sealing import seal, seal_together
from answerable.desk.moves.supplying import hear, supply
from answerable.desk.moves.telling import give_notice, lift_silence, notice_bytes, write_notices
from answerable.desk.moves.writing import chase, write_letters

__all__ = [
    "Carried",
    "account_for_link",
    "answer_question",
    "approve",
    "assess",
    "authenticate",
    "chase",
    "close",
    "correction_bytes",
    "count_records",
    "draw",
    "draw_again",
    "fetch",
    "give_notice",
    "hear",
    "is_drawn",
    "letter_bytes",
    "lift_silence",
    "make_available",
    "make_link",
    "notice_bytes",
    "open_account",
    "paper_bytes",
    "prepare",
    "preserve",
    "publish",
    "receive",
    "record_effects",
    "reidentify",
    "release",
    "reopen",
    "seal",
    "seal_together",
    "send_back",
    "sign_in",
    "supply",
    "tick",
    "try_again",
    "whose_link",
    "write_letters",
    "write_notices",
]
