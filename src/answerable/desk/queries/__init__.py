"""What do the pages show? The only reader of the rows; nothing here writes."""

from answerable.desk.moves.casefiles import awaits_confirmation
from answerable.desk.queries.agencies import agencies_offered, find_pin, stays_pinned
from answerable.desk.queries.case_page import (
    case_page,
    find_case,
    find_letter,
    instruments_to_enter,
    items_to_choose,
    open_answers,
    supplied,
)
from answerable.desk.queries.errands import copied_at, handed_over, reports_are_published
from answerable.desk.queries.figures import report_so_far
from answerable.desk.queries.log import (
    account_named,
    event_of,
    log_file,
    log_name,
    newest_checkpoint,
    signed_head,
    tree_head,
)
from answerable.desk.queries.log_health import late_emergencies, log_promises
from answerable.desk.queries.notices import due_notices, find_notice
from answerable.desk.queries.officers import find_account, officer_view, officer_views, reviewers_passkeys
from answerable.desk.queries.papers import paper_picture, paper_view
from answerable.desk.queries.passkeys import creation_for, own_passkeys, request_for
from answerable.desk.queries.past import differing_cases
from answerable.desk.queries.people import officers
from answerable.desk.queries.portal import delivered_file, find_own_case, find_own_letter, own_cases, portal_case
from answerable.desk.queries.public import published_periods, report_file, report_files, report_page, rules
from answerable.desk.queries.queue import queue
from answerable.desk.queries.work import troubles

__all__ = [
    "account_named",
    "agencies_offered",
    "awaits_confirmation",
    "case_page",
    "copied_at",
    "creation_for",
    "delivered_file",
    "differing_cases",
    "due_notices",
    "event_of",
    "find_account",
    "find_case",
    "find_letter",
    "find_notice",
    "find_own_case",
    "find_own_letter",
    "find_pin",
    "handed_over",
    "instruments_to_enter",
    "items_to_choose",
    "late_emergencies",
    "log_file",
    "log_name",
    "log_promises",
    "newest_checkpoint",
    "officer_view",
    "officer_views",
    "officers",
    "open_answers",
    "own_cases",
    "own_passkeys",
    "paper_picture",
    "paper_view",
    "portal_case",
    "published_periods",
    "queue",
    "report_file",
    "report_files",
    "report_page",
    "report_so_far",
    "reports_are_published",
    "request_for",
    "reviewers_passkeys",
    "rules",
    "signed_head",
    "stays_pinned",
    "supplied",
    "tree_head",
    "troubles",
]
