"""What do these bytes say? Form data as JSON, a PDF that carries them as the attachment `epoc.json`, or a mail with one of both.

1  empty, too large, or of no kind we read; of a mail, the one paper within that carries a form
2  a PDF: opened without running anything in it; what was signed is what is read; one attachment of that name
3  JSON: UTF-8, no key twice, no endless numbers, not too deep
4  the form: unknown fields and wrong types are named by section and field, never by value
"""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

import pikepdf
from pydantic import ValidationError

from answerable.casefile.epoc import Epoc
from answerable.casefile.mail import is_mail
from answerable.casefile.order import Order
from answerable.errors import MalformedDemand
from answerable.intake.mail import demand_within
from answerable.intake.skimming import skimmed

ATTACHMENT = "epoc.json"
_LARGEST_PDF = 50 * 1024 * 1024
_LARGEST_JSON = 100 * 1024 * 1024
_LARGEST_ATTACHMENT = 20 * 1024 * 1024
_DEEPEST = 40
# More lines than any threshold of a provider: what comes after is counted, not read.
MOST_LINES = 1_000


@dataclass(frozen=True, slots=True)
class Read:
    """What could be read: the kind of file, the form, the bytes of JSON it was read from, and the paper that holds them.

    `paper` is the file itself, and of a mail the PDF or the form data within: what a seal can be on.
    """

    media_type: Literal["application/pdf", "application/json", "message/rfc822"]
    form: Epoc | Order
    content: bytes
    paper: bytes


def read(content: bytes, *, paper: int | None = None) -> Read:
    """Return the form that `content` carries. Refuses everything else with `MalformedDemand`.

    `paper` says which paper of a mail is meant, counted from 1, where several carry a form.
    """
    if not content.strip():
        _refuse("intake.empty", "The file is empty.", "It holds no bytes that say anything.")
    if is_mail(content):
        within, found = demand_within(content, paper, _paper)
        return Read("message/rfc822", found.form, found.content, within)
    return _paper(content)


def _paper(content: bytes) -> Read:
    if content.startswith(b"%PDF-"):  # 2
        attached = attachment(signed_revision(content))
        return Read("application/pdf", _form(attached), attached, content)
    if content.lstrip()[:1] == b"{":
        return Read("application/json", _form(content), content, content)
    return _refuse(
        "intake.unknown-kind",
        "The file is neither a PDF nor form data nor a mail.",
        "A PDF starts with %PDF- at its first byte, form data with a brace, a mail with a line of its header.",
    )


def signed_revision(content: bytes) -> bytes:
    """Return the bytes up to the end of the last signature's range: what was signed is what counts, not what came after."""
    ends = [int(match[3]) + int(match[4]) for match in _BYTE_RANGE.finditer(content)]
    covered = [end for end in ends if 0 < end <= len(content)]
    return content[: max(covered)] if covered else content


_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")


def attachment(content: bytes) -> bytes:
    """Return the one attachment `epoc.json` of a PDF. Refuses a PDF that has none, or cannot be opened."""
    if len(content) > _LARGEST_PDF:
        _refuse("intake.too-large", "The PDF is larger than 50 MB.", "A filled-in form never is.")
    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False) as pdf:
            if pdf.is_encrypted:
                _refuse("intake.encrypted", "The PDF is encrypted.", "It cannot be read without a password.")
            if ATTACHMENT not in pdf.attachments:
                _refuse("intake.no-form-data", "The PDF carries no form data.", f"It has no attachment {ATTACHMENT}.")
            stream = pdf.attachments[ATTACHMENT].get_file().obj
            if int(stream.get("/Length", 0)) > _LARGEST_ATTACHMENT // 20:
                _refuse("intake.too-large", "The form data in the PDF are too large.", "Send them as JSON instead.")
            attached = bytes(stream.read_bytes())
    except pikepdf.PasswordError:
        _refuse("intake.encrypted", "The PDF is encrypted.", "It cannot be read without a password.")
    except MalformedDemand:
        raise
    except Exception as fault:
        _refuse("intake.damaged-pdf", "The PDF is damaged.", "It is cut short or not written as a PDF.", fault)
    if len(attached) > _LARGEST_ATTACHMENT:
        _refuse("intake.too-large", "The form data in the PDF are too large.", "Send them as JSON instead.")
    return attached


def _form(content: bytes) -> Epoc | Order:
    if len(content) > _LARGEST_JSON:
        _refuse("intake.too-large", "The form data are larger than 100 MB.", "No certificate needs that.")
    try:  # 3
        content, left_out = skimmed(content, MOST_LINES)
        text = content.decode("utf-8")
        plain = _cut_bulk(json.loads(text, object_pairs_hook=once, parse_constant=no_constant), left_out)
    except UnicodeDecodeError as fault:
        _refuse(
            "intake.not-utf8",
            "The form data are not text in UTF-8.",
            "Another encoding was used, or it is damaged.",
            fault,
        )
    except RecursionError as fault:
        _refuse("intake.too-deep", "The form data are nested too deeply.", f"More than {_DEEPEST} levels.", fault)
    except ValueError as fault:
        _refuse("intake.not-json", "The form data are not JSON.", f"{_place(fault)}", fault)
    try:  # 4
        if not plain:
            _refuse("intake.not-the-form", "The form data are not a form as it is published.", "They hold no section.")
        if _depth(plain) > _DEEPEST:
            _too_deep()
        is_order = isinstance(plain, dict) and plain.get("form") == "order"
        text = json.dumps(plain, ensure_ascii=False)
        return Order.model_validate_json(text) if is_order else Epoc.model_validate_json(text)
    except ValidationError as fault:
        _refuse("intake.not-the-form", "The form data are not a form as it is published.", places(fault), fault)


def _cut_bulk(plain: Any, left_out: int) -> Any:
    """Return the data with the first lines of a bulk list, and the number of all others.

    Nobody is looked up on a demand of that size, so that no more of it is held; the original is kept whole.
    """
    holder, name = (plain, "asked") if isinstance(plain, dict) and plain.get("form") == "order" else (plain, "E")
    if name == "E" and isinstance(plain, dict):
        holder, name = plain.get("E"), "evidence"
    lines = holder.get(name) if isinstance(holder, dict) else None
    if isinstance(lines, list) and (left_out or len(lines) > MOST_LINES):
        holder["left_out"] = left_out + max(0, len(lines) - MOST_LINES)
        del lines[MOST_LINES:]
    return plain


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the pairs of a JSON object. Refuses a key that is written twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is written twice")
    return found


def no_constant(_: str) -> NoReturn:
    """Refuse what is no number."""
    raise ValueError("NaN and Infinity are no numbers")


def _depth(value: Any, level: int = 0) -> int:
    if level > _DEEPEST:
        return level
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return max((_depth(each, level + 1) for each in inner if isinstance(each, dict | list)), default=level)


def _too_deep() -> NoReturn:
    _refuse("intake.too-deep", "The form data are nested too deeply.", f"More than {_DEEPEST} levels.")


def _place(fault: ValueError) -> str:
    if isinstance(fault, json.JSONDecodeError):
        return f"Line {fault.lineno}, column {fault.colno}: {fault.msg}."
    return str(fault)[:100].capitalize() + "."


def places(fault: ValidationError) -> str:
    """Return the first five faults by section and field, never by value."""
    return " ".join(f"{_words(each['loc'])}: {_meaning(each['type'], each['msg'])}." for each in fault.errors()[:5])


def _words(place: tuple[int | str, ...]) -> str:
    section, *rest = place or ("the whole",)
    named = [f"line {part + 1}" if isinstance(part, int) else f"field {part}" for part in rest]
    return ", ".join([f"Section {section}" if len(str(section)) == 1 else f"Field {section}", *named])


def _meaning(kind: str, message: str) -> str:
    known = {"extra_forbidden": "the form has no such field", "timezone_aware": "a moment needs its zone"}
    return known.get(kind, message.split(", input", 1)[0][:200])


def _refuse(code: str, what: str, why: str, cause: Exception | None = None) -> NoReturn:
    raise MalformedDemand(
        code,
        what=what,
        why=why,
        next_step="The original is kept. Ask the sender for the sealed PDF with its form data, or enter what it says by hand.",
    ) from cause
