"""What do the tests of the directory share? An office with a number that two people confirmed long ago."""

from datetime import UTC, datetime, timedelta

from answerable.casefile.directory import DirectoryRecord, MailDomain, Number

RECEIVED = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
LONG_AGO = RECEIVED - timedelta(days=400)
STAMP = {
    "source": "register",
    "added_at": LONG_AGO,
    "added_by": "mara",
    "confirmed_at": LONG_AGO,
    "confirmed_by": "jonas",
}


def number(digits: str = "+31205550100", **changes) -> Number:
    return Number.model_validate({"number": digits, **STAMP, **changes})


def domain(name: str = "police.example", **changes) -> MailDomain:
    return MailDomain.model_validate({"domain": name, **STAMP, **changes})


def office(**changes) -> DirectoryRecord:
    fields = {
        "id": "nl-police",
        "name": "Police of Voorbeeld",
        "country": "NL",
        "kind": "police",
        "domains": (domain(),),
        "numbers": (number(),),
        "source": "register",
        "added_on": LONG_AGO.date(),
        "added_by": "mara",
        "confirmed_by": "jonas",
        "confirmed_at": LONG_AGO,
    }
    return DirectoryRecord.model_validate(fields | changes)


def caution(**changes):
    from answerable.casefile.directory import Caution

    fields = {
        "id": "a" * 32,
        "about": "agency",
        "reason": "a forged demand used its name",
        "starts_at": LONG_AGO,
        "noted_by": "mara",
        "confirmed_by": "jonas",
    }
    return Caution.model_validate(fields | changes)
