"""How does a sheet leave with everything it rests on, so that anybody derives it again, offline, years later?

A bundle is an archive with `evidence.json`, `sheet.json` and `files/<SHA-256>`; docs/formats/evidence-bundle.md.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from answerable.adapters.files import write_whole
from answerable.casefile.encoding import canonical
from answerable.casefile.evidence import Fact, Sheet
from answerable.errors import VerificationFailed
from answerable.verify.check import Check

# The readers of papers are imported where they are needed: to see that a file is no bundle takes none of them.
if TYPE_CHECKING:
    from answerable.authenticate.gathered import Evidence

_LARGEST = 300_000_000
_MOST = 2_000
_EPOCH = (1980, 1, 1, 0, 0, 0)
_READERS = ("answerable", "pyhanko", "pyhanko-certvalidator", "signxml", "lxml", "pikepdf", "dkimpy", "webauthn")


def write_bundle(target: Path, evidence: Evidence, sheet: Sheet) -> None:
    """Write the bundle of a sheet. The same evidence gives the same bytes."""
    write_whole(target, bundle_bytes(evidence, sheet))


def bundle_bytes(evidence: Evidence, sheet: Sheet) -> bytes:
    """Return the bundle of a sheet. The same evidence gives the same bytes."""
    from answerable.authenticate.gathered import to_plain

    plain, files = to_plain(evidence)
    versions = {name: version(name) for name in _READERS}
    entries = {
        "evidence.json": canonical({"form": "answerable/evidence/1", "versions": versions, "evidence": plain}),
        "sheet.json": canonical(sheet),
        **{f"files/{name}": content for name, content in sorted(files.items())},
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content)
    return packed.getvalue()


def is_bundle(path: Path) -> bool:
    """Whether a file looks like a bundle: an archive that begins with its evidence."""
    with path.open("rb") as file:
        head = file.read(64)
    return head.startswith(b"PK\x03\x04") and b"evidence.json" in head


def verify_bundle(path: Path) -> list[Check]:
    """Return what holds of a bundle: its files, and each fact derived again. Refuses what is no bundle."""
    from answerable.authenticate.gathered import from_plain
    from answerable.authenticate.sheet import sheet_of

    entries = _entries(path)
    files = {name.removeprefix("files/"): content for name, content in entries.items() if name.startswith("files/")}
    checks = [_files_are_theirs(files)]
    try:
        said = json.loads(entries["evidence.json"])
        claimed = Sheet.model_validate_json(entries["sheet.json"])
        evidence = from_plain(said["evidence"], files)
    except (KeyError, ValueError, TypeError) as fault:
        raise _no_bundle("Its evidence is incomplete, or not written as a bundle of this form.") from fault
    checks.append(_versions(said.get("versions", {})))
    return [*checks, *_compared(claimed, sheet_of(evidence))]


def _entries(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            if len(infos) > _MOST or sum(each.file_size for each in infos) > _LARGEST:
                raise _no_bundle(f"It holds more than {_MOST} files or {_LARGEST // 1_000_000} MB.")
            if len({each.filename for each in infos}) != len(infos):
                raise _no_bundle("Two of its files have one name.")
            return {each.filename: archive.read(each) for each in infos}
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as fault:
        raise _no_bundle("It is damaged, or no archive.") from fault


def _files_are_theirs(files: dict[str, bytes]) -> Check:
    wrong = [name for name, content in files.items() if hashlib.sha256(content).hexdigest() != name]
    detail = f"not: {', '.join(name[:16] for name in wrong[:5])}" if wrong else f"{len(files)} files"
    return Check(name="Each file is what its name says", passed=not wrong, detail=detail)


def _versions(said: dict[str, Any]) -> Check:
    differ = [
        f"{name} {said.get(name)} then, {version(name)} now" for name in _READERS if said.get(name) != version(name)
    ]
    return Check(
        name="The readers that made it are named",
        passed=set(said) == set(_READERS),
        detail="; ".join(differ) or "the same as here",
    )


def _compared(claimed: Sheet, derived: Sheet) -> list[Check]:
    about = Check(
        name="The sheet is about this paper and this moment",
        passed=(claimed.paper, claimed.at) == (derived.paper, derived.at),
    )
    known, found = _by_place(claimed), _by_place(derived)
    return [
        about,
        *(
            Check(
                name=f"{code}{f' ({subject})' if subject else ''} comes out again",
                passed=known.get((code, subject, number)) == found.get((code, subject, number)),
                detail=_what_differs(known.get((code, subject, number)), found.get((code, subject, number))),
            )
            for code, subject, number in dict.fromkeys([*known, *found])
        ),
    ]


def _by_place(sheet: Sheet) -> dict[tuple[str, str | None, int], Fact]:
    found: dict[tuple[str, str | None, int], Fact] = {}
    for fact in sheet.facts:
        number = sum(key[:2] == (fact.code, fact.subject) for key in found)
        found[fact.code, fact.subject, number] = fact.model_copy(update={"method": ""})
    return found


def _what_differs(claimed: Fact | None, derived: Fact | None) -> str:
    if claimed is None or derived is None:
        return "only here" if claimed is None else "only in the bundle"
    if claimed == derived:
        return claimed.result.value
    return f"the bundle says {claimed.result.value}, here it is {derived.result.value}"


def _no_bundle(why: str) -> VerificationFailed:
    return VerificationFailed(
        "verify.no-bundle",
        what="This is no bundle of evidence that can be checked.",
        why=why,
        next_step="Ask whoever made it for the file as `answerable authenticate --bundle` wrote it.",
    )
