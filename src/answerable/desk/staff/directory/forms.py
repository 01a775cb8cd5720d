"""Is what a reviewer typed about an authority well formed? Shape only: who may and what follows is the move's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time

from django import forms
from pydantic import ValidationError

from answerable.adapters.keys import random_bytes
from answerable.authenticate.directory.naming import mail_domain, same_name, telephone
from answerable.casefile.directory import (
    Caution,
    CautionAbout,
    CautionReason,
    DirectoryRecord,
    MailDomain,
    Number,
    hashed_account,
)
from answerable.desk.staff.forms import reason_field

_KINDS = ("judge", "prosecutor", "police", "intelligence", "regulator", "agency", "ministry", "party", "other")
_PENDING = datetime(2000, 1, 1, tzinfo=UTC)  # the move puts the true day in its place


def _lines(label: str, help_text: str, **options) -> forms.CharField:
    widget = forms.Textarea({"rows": 3, "spellcheck": "false"})
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=20_000, widget=widget, **options
    )


class RecordForm(forms.Form):
    """What a record should say. One entry a line; what stays the same keeps its day."""

    name = forms.CharField(label="Legal name", max_length=400, error_messages={"required": "Give the legal name."})
    other_names = _lines("Other names", "Short forms and names in other languages, one a line.")
    country = forms.RegexField(
        r"^[A-Z]{2}$",
        label="Country",
        help_text="Two capital letters, as DE.",
        error_messages={"required": "Give the country.", "invalid": "Write two capital letters, as DE."},
    )
    region = forms.CharField(label="Place or region", max_length=200, required=False)
    kind = forms.ChoiceField(label="Kind of office", choices=[(each, each.capitalize()) for each in _KINDS])
    numbers = _lines(
        "Telephone numbers",
        "One a line, with country code, and what answers there after a comma: +49 30 123456, registry. "
        "A new number serves for no call-back before 30 days have passed.",
    )
    domains = _lines("Mail domains", "One a line, as police.example.")
    organisation_identifiers = _lines("Organisation identifiers", "Those in its seal certificates, one a line.")
    certificates = _lines("Seal certificates", "SHA-256 fingerprints, one a line.")
    competent_for = _lines(
        "Instruments it may use", "As eu.epoc, one a line. Empty means that the source does not say."
    )
    retired_on = forms.DateField(
        label="Retired on",
        help_text="The day from which it serves no more. Empty means that it serves.",
        required=False,
        widget=forms.DateInput({"type": "date"}),
        error_messages={"invalid": "Write a day, as 2026-11-23."},
    )
    source = forms.CharField(
        label="Where this comes from",
        help_text="A register, a letter, a visit, a web page with its day. Never the demand itself.",
        max_length=400,
        error_messages={"required": "Say where it comes from."},
    )
    reason = reason_field("Why this change", "The second person reads it, and it stays in the history.")

    def __init__(self, *args, before: DirectoryRecord | None = None, **kwargs) -> None:
        super().__init__(*args, initial=_as_typed(before), **kwargs)
        self.before = before
        self.draft: DirectoryRecord | None = None

    def clean_numbers(self) -> list[tuple[str, str]]:
        """Return each number in normal form, with its label."""
        found = []
        for place, line in _each_line(self.cleaned_data["numbers"]):
            written, _, label = line.partition(",")
            number = telephone(written)
            if number is None:
                raise forms.ValidationError(f"Line {place} is no number with its country code, as +49 30 123456.")
            found.append((number, label.strip()))
        return found

    def clean_domains(self) -> list[str]:
        """Return each domain in normal form."""
        return _each(self.cleaned_data["domains"], mail_domain, "no mail domain, as police.example")

    def clean_certificates(self) -> list[str]:
        """Return each fingerprint in small letters without colons."""
        return _each(self.cleaned_data["certificates"], _fingerprint, "no SHA-256 fingerprint of 64 digits")

    def clean(self) -> dict[str, object]:
        """Make the draft of the record, or say which part is not as the format has it."""
        if not self.errors:
            try:
                self.draft = self._record(self.cleaned_data)
            except ValidationError as fault:
                parts = ", ".join(
                    dict.fromkeys(str(each["loc"][0]) if each["loc"] else "a line twice" for each in fault.errors())
                )
                raise forms.ValidationError(f"Not as the directory has it: {parts.replace('_', ' ')}.") from fault
        return self.cleaned_data

    def _record(self, given: dict[str, object]) -> DirectoryRecord:
        before, stamp = self.before, {"source": given["source"], "added_at": _PENDING, "added_by": "proposed"}
        numbers = {each.number: each for each in before.numbers} if before else {}
        domains = {each.domain: each for each in before.domains} if before else {}
        return DirectoryRecord(
            id=before.id if before else _new_id(given["country"], given["name"]),
            name=given["name"],
            other_names=tuple(line for _, line in _each_line(given["other_names"])),
            country=given["country"],
            region=given["region"] or None,
            kind=given["kind"],
            numbers=tuple(_kept(numbers.get(number), label) or Number(number=number, label=label or None, **stamp) for number, label in given["numbers"]),
            domains=tuple(domains.get(each) or MailDomain(domain=each, **stamp) for each in given["domains"]),
            organisation_identifiers=tuple(line for _, line in _each_line(given["organisation_identifiers"])),
            certificates=tuple(given["certificates"]),
            competent_for=tuple(line for _, line in _each_line(given["competent_for"])),
            cautions=before.cautions if before else (),
            source=given["source"] if before is None or not before.is_confirmed else before.source,
            added_on=before.added_on if before else _PENDING.date(),
            added_by=before.added_by if before else "proposed",
            retired_on=given["retired_on"],
        )  # fmt: skip


class CautionForm(forms.Form):
    """A caution that two people are to put on a record."""

    about = forms.ChoiceField(
        label="What it is about",
        widget=forms.RadioSelect,
        choices=[
            (CautionAbout.AGENCY.value, "The office as a whole"),
            (CautionAbout.DOMAIN.value, "A mail domain"),
            (CautionAbout.ACCOUNT.value, "One mailbox or account"),
            (CautionAbout.TELEPHONE.value, "A telephone number"),
        ],
        error_messages={"required": "Say what it is about."},
    )
    value = forms.CharField(
        label="Which domain, address or number",
        help_text="Empty for the office as a whole. An address is not kept: only its salted digest is.",
        max_length=300,
        required=False,
    )
    why = forms.ChoiceField(
        label="What happened", choices=[(each.value, each.value.capitalize()) for each in CautionReason]
    )
    starts_on = forms.DateField(
        label="From",
        widget=forms.DateInput({"type": "date"}),
        error_messages={"required": "Give the first day.", "invalid": "Write a day, as 2026-11-23."},
    )
    ends_on = forms.DateField(
        label="Until",
        help_text="The first day without it. Empty means until two people lift it.",
        required=False,
        widget=forms.DateInput({"type": "date"}),
        error_messages={"invalid": "Write a day, as 2026-11-23."},
    )
    shared = forms.BooleanField(
        label="Put it into our feed for other desks", help_text="It names the office, and no person.", required=False
    )
    reason = reason_field("How we know", "The second person reads it. It goes into no feed.")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.caution: Caution | None = None

    def clean(self) -> dict[str, object]:
        """Make the caution, or say what is missing."""
        if not self.errors:
            given, about = self.cleaned_data, CautionAbout(self.cleaned_data["about"])
            identity = random_bytes(16).hex()
            try:
                self.caution = Caution(
                    id=identity,
                    about=about,
                    reason=CautionReason(given["why"]),
                    starts_at=_midnight(given["starts_on"]),
                    ends_at=_midnight(given["ends_on"]) if given["ends_on"] else None,
                    noted_by="proposed",
                    shared=given["shared"],
                    **_named(about, given["value"].strip(), identity),
                )
            except ValidationError as fault:
                raise forms.ValidationError(
                    "Name the domain or number it is about, and let it end after it begins."
                ) from fault
        return self.cleaned_data


class CautionChangeForm(forms.Form):
    """What becomes of a caution: it is lifted, or the office contests it."""

    word = forms.ChoiceField(
        label="What changes",
        widget=forms.RadioSelect,
        choices=[("lift", "Lift it from now on"), ("contest", "Write down that the office contests it")],
        error_messages={"required": "Say what changes."},
    )
    reply = forms.CharField(
        label="The office’s own words",
        help_text="They stand beside the caution, in our feed too. No address and no number of anybody.",
        max_length=1_000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    reason = reason_field("Why", "The second person reads it.")

    def changed(self, caution: Caution, now: datetime) -> Caution | None:
        """Return the caution as it should be, or None after an error was put on the form."""
        try:
            update = {"lifted_at": now} if self.cleaned_data["word"] == "lift" else {"contested_at": now}
            if self.cleaned_data["reply"]:
                update["reply"] = self.cleaned_data["reply"]
            return Caution.model_validate(caution.model_dump() | update)
        except ValidationError:
            self.add_error("reply", "Leave out addresses and numbers of people.")
            return None


class DeclineForm(forms.Form):
    """Why a proposal ends without effect."""

    reason = reason_field("Why not", "Whoever proposed it reads this.")


def _named(about: CautionAbout, value: str, identity: str) -> dict[str, object]:
    if about is CautionAbout.ACCOUNT:
        return {"account_sha256": hashed_account(identity, value) if value else None}
    if about is CautionAbout.DOMAIN:
        return {"value": mail_domain(value)}
    return {"value": telephone(value) if about is CautionAbout.TELEPHONE else None}


def _midnight(day) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _each_line(text: str) -> list[tuple[int, str]]:
    return [(place, line.strip()) for place, line in enumerate(text.splitlines(), start=1) if line.strip()]


def _each(text: str, normal: Callable[[str], str | None], fault: str) -> list[str]:
    found = []
    for place, line in _each_line(text):
        value = normal(line)
        if value is None:
            raise forms.ValidationError(f"Line {place} is {fault}.")
        found.append(value)
    return found


def _fingerprint(line: str) -> str | None:
    digits = line.replace(":", "").replace(" ", "").lower()
    return digits if len(digits) == 64 and all(each in "0123456789abcdef" for each in digits) else None


def _kept(number: Number | None, label: str) -> Number | None:
    return number if number is not None and (number.label or "") == label else None


def _new_id(country: str, name: str) -> str:
    words = "-".join(same_name(name).encode("ascii", "ignore").decode().split())[:50].strip("-")
    return f"{country.lower()}-{words or 'office'}-{random_bytes(3).hex()}"


def _as_typed(record: DirectoryRecord | None) -> dict[str, object]:
    if record is None:
        return {}
    return {
        "name": record.name,
        "other_names": "\n".join(record.other_names),
        "country": record.country,
        "region": record.region or "",
        "kind": record.kind,
        "numbers": "\n".join(f"{each.number}{f', {each.label}' if each.label else ''}" for each in record.numbers),
        "domains": "\n".join(each.domain for each in record.domains),
        "organisation_identifiers": "\n".join(record.organisation_identifiers),
        "certificates": "\n".join(record.certificates),
        "competent_for": "\n".join(record.competent_for),
        "retired_on": record.retired_on,
        "source": record.source if not record.is_confirmed else "",
    }
