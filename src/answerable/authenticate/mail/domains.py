"""Which domain is this, and whose? Names in one writing; the organisational domain by the Public Suffix List, offline.

The list comes with the package `publicsuffixlist` (MPL-2.0) and is as old as that release: `LIST_VERSION` names it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import idna
import publicsuffixlist

LIST_VERSION = publicsuffixlist.__version__
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)\Z")
_OTHER_DOTS = set("\u3002\uff0e\uff61")  # IDNA reads them as dots
# Second-level labels under which a State registers its offices. Where the list does not have such a name as a suffix,
# it is taken for one all the same: two offices under it are not one.
_GOVERNMENT_LABELS = frozenset({"gov", "gob", "gouv", "govt", "gub", "mil"})


def ascii_domain(text: str) -> str | None:
    """Return a domain in small letters and its ASCII form, or None where it is not written as one can be registered.

    Refuses a dot at the end, empty labels, a number as the last label, letters that stand for others (as fullwidth
    ones), and names that IDNA 2008 does not permit: each is read in more than one way.
    """
    if unicodedata.normalize("NFKC", text) != text or _OTHER_DOTS & set(text) or len(text) > 253:
        return None
    try:
        name = text.lower() if text.isascii() else idna.encode(text.lower()).decode("ascii")
        for label in name.split("."):
            if label.startswith("xn--"):
                idna.ulabel(label)
    except (idna.IDNAError, UnicodeError, ValueError):
        return None
    labels = name.split(".")
    well_formed = len(labels) > 1 and len(name) <= 253 and all(_LABEL.match(label) for label in labels)
    return name if well_formed and not labels[-1].isdigit() else None


def shown(domain: str) -> str:
    """Return a domain as a person would see it: labels of IDNA in their own letters."""
    try:
        return idna.decode(domain) if "xn--" in domain else domain
    except (idna.IDNAError, UnicodeError, ValueError):
        return domain


def suffix(domain: str) -> str:
    """Return the part of a domain under which anybody, or each office of a State, may register: `co.uk`, `gov.zz`."""
    labels = domain.split(".")
    public = _list().publicsuffix(domain) or labels[-1]
    two = ".".join(labels[-2:])
    return two if is_government(two) and len(two) > len(public) else public


def is_government(public: str) -> bool:
    """Whether an ending is one under which only a State's offices may register: `gov`, `gov.uk`, `mil.zz`."""
    labels = public.split(".")
    return public in ("gov", "mil") or (len(labels) == 2 and len(labels[1]) == 2 and labels[0] in _GOVERNMENT_LABELS)


def organisational(domain: str) -> str | None:
    """Return the domain that one organisation registered, or None where `domain` is itself a suffix."""
    public = suffix(domain)
    if domain == public:
        return None
    return f"{domain.removesuffix('.' + public).rpartition('.')[2]}.{public}"


def has_listed_suffix(domain: str) -> bool:
    """Whether the Public Suffix List knows the ending of a domain."""
    return _list(accept_unknown=False).publicsuffix(domain) is not None


def aligned(one: str, other: str, *, strict: bool = False) -> bool:
    """Whether two domains belong together: RFC 7489, section 3.1. Names that are suffixes only as they stand."""
    if one == other:
        return True
    return not strict and organisational(one) is not None and organisational(one) == organisational(other)


@cache
def _list(*, accept_unknown: bool = True) -> publicsuffixlist.PublicSuffixList:
    return publicsuffixlist.PublicSuffixList(accept_unknown=accept_unknown)
