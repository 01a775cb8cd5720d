"""What can go wrong, drawn as a tree.

    AnswerableError
    ├── MalformedDemand      intake: the bytes cannot be read as a demand
    ├── UnknownLaw           assess: no pack for this instrument or this day; never read as "lawful"
    ├── MalformedLaw         law: a pack of one's own is not one, or stands in the way of another
    ├── MoveRefused          decide, deliver: the route does not allow this step now, with the reasons
    ├── MalformedDirectory   authenticate: a list of authorities cannot be read
    ├── MalformedDataMap     collect: the map of the provider's stores is not strict enough to be trusted
    ├── SandboxFailed        a paper ended its reader, or took more than any paper should
    ├── StoreFailed          collect: a store could not be read, or changed while it was read
    ├── SealFailed           seal: the package could not be made or written whole
    ├── LogHalted            public_log: signing stopped, because a late checkpoint can be mended and a wrong one cannot
    ├── VerificationFailed   verify: something handed to an outsider does not hold
    └── NotConfigured        the desk refuses to start without what it needs

Every error says what, why and next, and holds no personal data, identifier or secret: it names the case number.
`code` is stable and documented in `docs/errors.md`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial


class AnswerableError(Exception):
    """An error with a stable `code`, and three sentences a person can act on."""

    def __init__(self, code: str, *, what: str, why: str, next_step: str) -> None:
        super().__init__(f"{code}: {what}")
        self.code = code
        self.what = what
        self.why = why
        self.next_step = next_step

    def __reduce__(self) -> tuple[Callable[..., AnswerableError], tuple[str]]:
        """Let an error be raised in another process than the one it came up in."""
        return partial(type(self), what=self.what, why=self.why, next_step=self.next_step), (self.code,)


class MalformedDemand(AnswerableError):
    """The bytes cannot be read as a demand. The original is kept all the same."""


class UnknownLaw(AnswerableError):
    """No pack knows this instrument on this day."""


class MalformedLaw(AnswerableError):
    """A pack of one's own says too little or something unknown, is not this desk's, or its code stopped."""


class MoveRefused(AnswerableError):
    """The route does not allow this step now."""


class MalformedDirectory(AnswerableError):
    """A list of authorities cannot be read."""


class MalformedDataMap(AnswerableError):
    """The data map says too little, too much or something unknown."""


class SandboxFailed(AnswerableError):
    """A walled-in job gave no answer, or this machine cannot wall one in."""


class StoreFailed(AnswerableError):
    """A store of the provider could not be read."""


class SealFailed(AnswerableError):
    """The package could not be made whole."""


class LogHalted(AnswerableError):
    """The log stopped before it signed something it could not prove."""


class VerificationFailed(AnswerableError):
    """Something handed to an outsider does not hold."""


class NotConfigured(AnswerableError):
    """Something the desk needs is missing."""


def explain(error: AnswerableError) -> tuple[str, str, str, str]:
    """Return the four lines that the command line, a page and the case file all show."""
    return (
        f"What: {error.what}",
        f"Why: {error.why}",
        f"Next: {error.next_step}",
        f"Code: {error.code}",
    )
