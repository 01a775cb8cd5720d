"""Who may open which page? One table; a page that is not in it opens to nobody."""

EVERYBODY, REVIEWER, OFFICER = "everybody", "reviewer", "officer"

PAGES: dict[str, tuple[str, ...]] = {
    "sign-in": (EVERYBODY,),
    "use-link": (EVERYBODY,),
    "agency-sign-in": (EVERYBODY,),  # where the settings name agencies; anywhere else there is no such page
    "agency-return": (EVERYBODY,),
    "report": (EVERYBODY,),
    "report-of": (EVERYBODY,),
    "report-file": (EVERYBODY,),
    "check": (EVERYBODY,),
    "log": (EVERYBODY,),
    "log-file": (EVERYBODY,),
    "rules": (EVERYBODY,),
    "sign-out": (REVIEWER, OFFICER),
    "passkeys": (REVIEWER, OFFICER),
    "queue": (REVIEWER,),
    "receive": (REVIEWER,),
    "case": (REVIEWER,),
    "case-paper": (REVIEWER,),
    "case-pages": (REVIEWER,),
    "case-page": (REVIEWER,),
    "draw-again": (REVIEWER,),
    "original": (EVERYBODY,),  # by a link that is good for one minute, on a host of its own
    "case-letter": (REVIEWER,),
    "answer-question": (REVIEWER,),
    "enter": (REVIEWER,),
    "case-beside": (REVIEWER,),
    "case-correction": (REVIEWER,),
    "prepare": (REVIEWER,),
    "send-back": (REVIEWER,),
    "approve": (REVIEWER,),
    "close": (REVIEWER,),
    "keep-open": (REVIEWER,),
    "carry-out": (REVIEWER,),
    "preserve": (REVIEWER,),
    "release": (REVIEWER,),
    "reopen": (REVIEWER,),
    "lift-silence": (REVIEWER,),
    "case-notice": (REVIEWER,),
    "notice-proof": (REVIEWER,),
    "notice-given": (REVIEWER,),
    "try-again": (REVIEWER,),
    "suspect": (REVIEWER,),
    "forged": (REVIEWER,),
    "clear": (REVIEWER,),
    "call": (REVIEWER,),
    "look-up": (REVIEWER,),
    "look-up-file": (REVIEWER,),
    "confirm-look-up": (REVIEWER,),
    "second-call": (REVIEWER,),
    "follow-up": (REVIEWER,),
    "directory": (REVIEWER,),
    "directory-new": (REVIEWER,),
    "directory-reports": (REVIEWER,),
    "directory-proposals": (REVIEWER,),
    "directory-proposal": (REVIEWER,),
    "directory-decline": (REVIEWER,),
    "directory-record": (REVIEWER,),
    "directory-propose": (REVIEWER,),
    "directory-caution": (REVIEWER,),
    "directory-caution-change": (REVIEWER,),
    "case-evidence": (REVIEWER,),
    "officers": (REVIEWER,),
    "officer": (REVIEWER,),
    "officer-address": (REVIEWER,),
    "officer-reply": (REVIEWER,),
    "officer-vouch": (REVIEWER,),
    "passkey-end": (REVIEWER,),
    "portal": (OFFICER,),
    "portal-confirm": (OFFICER,),
    "portal-case": (OFFICER,),
    "portal-letter": (OFFICER,),
    "portal-file": (OFFICER,),
    "portal-package": (OFFICER,),
}


# The pages that ask for a passkey: a browser gives one to a script alone. Every other page runs none.
WITH_OUR_SCRIPT = frozenset({"sign-in", "passkeys", "portal-confirm"})


def may_open(page: str | None, role: str | None) -> bool:
    """Whether an account of `role` (None: not signed in) may open the page."""
    allowed = PAGES.get(page or "", ())
    return EVERYBODY in allowed or role in allowed
