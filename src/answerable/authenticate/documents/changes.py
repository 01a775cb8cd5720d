"""What does a PDF show that its signed revision did not: pages, marks on them, fields, things in the catalogue?

Two revisions are taken apart into named parts, and the digests of the parts are compared. Fonts and pictures are part
of the page that draws them, so that text cannot be changed by changing its font.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import pikepdf
from pikepdf import Array, Dictionary, Object, Stream

# What later revisions may add without changing what is read: validation data, permissions, descriptions.
_CATALOGUE_MAY = frozenset(
    {
        "/Pages",
        "/AcroForm",
        "/DSS",
        "/Extensions",
        "/Metadata",
        "/Perms",
        "/Version",
        "/Type",
        "/StructTreeRoot",
        "/PieceInfo",
    }
)
_FORM_MAY = frozenset({"/Fields", "/SigFlags", "/DR", "/DA"})
_PAGE_MAY = frozenset({"/Parent", "/Annots", "/Metadata", "/LastModified", "/StructParents", "/Type", "/Tabs"})
_BACKWARDS = frozenset({"/Parent", "/P", "/Popup", "/IRT", "/StructParent"})
# Below these, keys are names that a page gives to what it draws with: one that is called /P leads nowhere back.
_GIVES_NAMES = frozenset(
    {
        "/XObject",
        "/Font",
        "/ColorSpace",
        "/Pattern",
        "/Shading",
        "/ExtGState",
        "/Properties",
        "/CharProcs",
        "/N",
        "/R",
        "/D",
    }
)
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
_FORM_FONT = "font of the form "
_DEEPEST = 60
_MOST_OBJECTS = 200_000
_HIDDEN_FLAGS = 0b10_0010  # hidden, or not to be viewed


@dataclass(slots=True)
class Parts:
    """A revision taken apart. `signatures` are signed fields by name, with whether they can be seen; `empty` the others.

    `marks` are the marks of each page in the order in which they are drawn: a later one hides an earlier one.
    """

    parts: dict[str, str] = field(default_factory=dict)
    signatures: dict[str, tuple[str, bool]] = field(default_factory=dict)
    empty: dict[str, tuple[str, bool]] = field(default_factory=dict)
    marks: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a later revision changed: things a reader would see or a programme would act on, and signatures it added.

    `form_filling` says that all of it is values of fields that were there, each shown in the one place it had.
    """

    content: tuple[str, ...] = ()
    form_filling: bool = False
    visible_signatures: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()


def compare_revisions(signed: bytes, whole: bytes) -> Changes:
    """Return what `whole` changes of `signed`. Raises pikepdf's errors, ValueError or RecursionError where it cannot."""
    before, after = _take_apart(signed), _take_apart(whole)
    content = [f"{name} removed" for name in before.parts if name not in after.parts]
    content += [
        f"{name} added"
        for name in after.parts
        if name not in before.parts and not name.startswith(_FORM_FONT)  # nothing that was there draws with it
    ]
    content += [f"{name} changed" for name, part in after.parts.items() if before.parts.get(name, part) != part]
    content += [f"signature {name} removed" for name in before.signatures if name not in after.signatures]
    content += [
        f"signature {name} changed"
        for name, part in after.signatures.items()
        if before.signatures.get(name, part) != part
    ]
    content += [f"signature field {name} {how}" for name, how in _of_empty(before, after)]
    content += [f"{page}: marks in another order" for page in before.marks if _drawn_otherwise(page, before, after)]
    content = [_DIGEST.sub(lambda match: match[0][:8], each) for each in content]
    added = [name for name in after.signatures if name not in before.signatures]
    visible = tuple(name for name in added if after.signatures[name][1])
    return Changes(
        tuple(sorted(content)), _is_form_filling(content), visible, tuple(name for name in added if name not in visible)
    )


def _drawn_otherwise(page: str, before: Parts, after: Parts) -> bool:
    """Whether the marks of a page that both revisions have are drawn in another order, or more often."""
    then, now = before.marks[page], after.marks.get(page, [])
    both = set(then) & set(now)
    return [each for each in then if each in both] != [each for each in now if each in both]


def _is_form_filling(content: list[str]) -> bool:
    values = [each for each in content if each.startswith("field ") and each.endswith(" changed")]
    added = sorted(each.split(": Widget ")[0] for each in content if ": Widget " in each and each.endswith(" added"))
    removed = sorted(
        each.split(": Widget ")[0] for each in content if ": Widget " in each and each.endswith(" removed")
    )
    return bool(values) and added == removed and len(content) == len(values) + len(added) + len(removed)


def _of_empty(before: Parts, after: Parts) -> Iterator[tuple[str, str]]:
    """Yield what became of signature fields that nobody signed: signing one is no change, drawing with one is."""
    for name, (part, visible) in after.empty.items():
        if name not in before.empty and visible:
            yield name, "added, unsigned, and it can be seen"
        elif name in before.empty and before.empty[name][0] != part:
            yield name, "changed"
    for name in before.empty:
        if name not in after.empty and name not in after.signatures:
            yield name, "removed"


@lru_cache(maxsize=4)
def _take_apart(content: bytes) -> Parts:
    taken = Parts()
    with pikepdf.open(io.BytesIO(content), attempt_recovery=False, suppress_warnings=True) as pdf:
        # A certifying signature refers to the catalogue (/Data): what the catalogue holds is compared entry by entry.
        known = {page.obj.objgen: f"page {number}" for number, page in enumerate(pdf.pages, 1)}
        digests = _Digests(known | {pdf.Root.objgen: "catalogue"})
        signed = _fields(pdf, taken, digests)
        for number, page in enumerate(pdf.pages, 1):
            _page(page.obj, f"page {number}", taken, digests=digests, signed=signed)
        root = pdf.Root
        for key, entry in root.items():
            if key not in _CATALOGUE_MAY:
                taken.parts[f"catalogue entry {key}"] = digests.of(entry)
        form = root.get("/AcroForm")
        for key, entry in form.items() if isinstance(form, Dictionary) else ():
            if key not in _FORM_MAY:
                taken.parts[f"form entry {key}"] = digests.of(entry)
        _fonts(form, taken, digests)
    return taken


def _fonts(form: Object | None, taken: Parts, digests: _Digests) -> None:
    """Add the fonts in which fields are written that bring none of their own. Later revisions may add some, and change nothing.

    Other shared resources are left out: programmes keep the look of the newest signature there, under one name.
    """
    shared = form.get("/DR") if isinstance(form, Dictionary) else None
    fonts = shared.get("/Font") if isinstance(shared, Dictionary) else None
    for name, each in fonts.items() if isinstance(fonts, Dictionary) else ():
        taken.parts[f"{_FORM_FONT}{name}"] = digests.of(each)


def _fields(pdf: pikepdf.Pdf, taken: Parts, digests: _Digests) -> set[tuple[int, int]]:
    """Add every field; return the objects of signature fields, whose widgets are not marks like others."""
    form = pdf.Root.get("/AcroForm")
    fields = form.get("/Fields") if isinstance(form, Dictionary) else None
    widgets: set[tuple[int, int]] = set()
    for name, each, kind, value in _walk(fields):
        if kind == "/Sig" and str(each.get("/Subtype", "/Widget")) == "/Widget":
            if each.is_indirect:  # one that stands in its array directly bears the number of all that do
                widgets.add(each.objgen)
            known = taken.signatures if isinstance(value, Dictionary) else taken.empty
            known[name] = (digests.of(value) + digests.of(each), _visible(each))
        else:
            taken.parts[f"field {name}"] = (
                digests.of(value) + digests.of(each.get("/AP")) + digests.of(each.get("/Rect"))
            )
    return widgets


def _walk(
    fields: Object | None, prefix: str = "", kind: str | None = None, value: Object | None = None, *, depth: int = 0
) -> Iterator[tuple[str, Object, str | None, Object | None]]:
    if not isinstance(fields, Array) or depth > _DEEPEST:
        return
    for position, each in enumerate(fields):
        if not isinstance(each, Dictionary):
            continue
        name = f"{prefix}.{each.get('/T', position)}".lstrip(".")[:200]
        own_kind = str(each["/FT"]) if "/FT" in each else kind
        own_value = each.get("/V", value)
        children = each.get("/Kids")
        yield name, each, own_kind, own_value
        yield from _walk(children, name, own_kind, own_value, depth=depth + 1)


def _visible(widget: Object) -> bool:
    rectangle, flags = widget.get("/Rect"), widget.get("/F", 0)
    if not isinstance(rectangle, Array):
        return "/AP" in widget
    try:
        left, bottom, right, top = (float(each) for each in rectangle)
        hidden = bool(int(flags) & _HIDDEN_FLAGS)
    except (TypeError, ValueError):
        return "/AP" in widget
    return "/AP" in widget and not hidden and abs(right - left) > 0 and abs(top - bottom) > 0


def _page(page: Object, name: str, taken: Parts, *, digests: _Digests, signed: set[tuple[int, int]]) -> None:
    drawn = hashlib.sha256()
    for key in sorted(page.keys()):
        if key not in _PAGE_MAY:
            drawn.update(key.encode() + digests.of(page[key]).encode())
    for key in ("/Resources", "/MediaBox", "/CropBox", "/Rotate"):
        drawn.update(digests.of(_inherited(page, key)).encode())
    taken.parts[name] = drawn.hexdigest()
    annotations = page.get("/Annots")
    for each in annotations if isinstance(annotations, Array) else ():
        if isinstance(each, Dictionary) and each.objgen not in signed:
            mark = digests.of(each)
            taken.parts[f"{name}: {str(each.get('/Subtype', 'mark')).lstrip('/')} {mark}"] = mark
            taken.marks.setdefault(name, []).append(mark)


def _inherited(page: Object, key: str) -> Object | None:
    at: Object | None = page
    for _ in range(_DEEPEST):
        if not isinstance(at, Dictionary):
            return None
        if key in at:
            return at[key]
        at = at.get("/Parent")
    return None


class _Digests:
    """Digests of objects with all they refer to, but not backwards; each object is looked at once.

    `known` gives names to objects that are compared elsewhere: a link to a page does not change with that page.
    """

    def __init__(self, known: dict[tuple[int, int], str]) -> None:
        self._known = {(objgen, gives): name for objgen, name in known.items() for gives in (False, True)}
        self._visited = 0

    def of(self, each: object, depth: int = 0, *, gives_names: bool = False) -> str:
        self._visited += 1
        if self._visited > _MOST_OBJECTS:
            raise ValueError("too many objects to compare")
        if not isinstance(each, Object):
            return hashlib.sha256(repr(each).encode("utf-8", "replace")).hexdigest()
        if not each.is_indirect:
            return self._inside(each, depth, gives_names)
        known = (each.objgen, gives_names)
        if known not in self._known:
            self._known[known] = "again"
            self._known[known] = self._inside(each, depth, gives_names)
        return self._known[known]

    def _inside(self, each: Object, depth: int, gives_names: bool) -> str:
        if depth > _DEEPEST:
            raise ValueError("nested too deeply to compare")
        digest = hashlib.sha256(str(each._type_code).encode())
        if isinstance(each, Stream | Dictionary):
            for key in sorted(each.keys()):
                if gives_names or (key not in _BACKWARDS and key != "/Length"):
                    inner = self.of(each[key], depth + 1, gives_names=not gives_names and key in _GIVES_NAMES)
                    digest.update(key.encode("utf-8", "replace") + inner.encode())
            if isinstance(each, Stream):
                digest.update(each.read_raw_bytes())
        elif isinstance(each, Array):
            for one in each:
                digest.update(self.of(one, depth + 1).encode())
        else:
            digest.update(each.unparse())
        return digest.hexdigest()
