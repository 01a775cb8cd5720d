"""When do two ways of writing mean the same name, domain or telephone number? Normal forms, and refusals as None."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
# Words that a letterhead writes or leaves out without meaning another office.
_SMALL = frozenset("the of for and a an at in der die das des dem den de du la le les het van und et".split())
_TRUNK = re.compile(r"\(0\)")
_WRITTEN = re.compile(r"^\+?[0-9][0-9 ()./\u00a0\u2011\u2013-]*$")
_DOMAIN = re.compile(r"^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$")
# A number without country code is compared by its end; shorter ends would fit too many.
_SHORTEST_END = 7


def same_name(name: str) -> str:
    """Return the normal form of an office's name: no accents, case, punctuation or small words."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name[:2_000]).casefold())
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    words = _WORD.findall(letters)
    return " ".join(word for word in words if word not in _SMALL) or " ".join(words)


def mail_domain(text: str) -> str | None:
    """Return the domain of an address or of a bare domain in lower-case ASCII, or None where it is none."""
    domain = text.strip().rpartition("@")[2].strip().rstrip(".").lower()
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return domain if len(domain) <= 253 and _DOMAIN.match(domain) else None


def lies_below(domain: str, above: str) -> bool:
    """Whether `domain` is `above`, or a name below it."""
    return domain == above or domain.endswith(f".{above}")


def telephone(text: str) -> str | None:
    """Return a number as `+` and digits, or None where it is none or its country code is missing."""
    written = _TRUNK.sub("", text.strip())
    if written.startswith("00"):
        written = f"+{written[2:]}"
    if not written.startswith("+") or not _WRITTEN.match(written):
        return None
    number = "+" + "".join(each for each in written if each.isascii() and each.isdigit())
    return number if re.match(r"^\+[1-9][0-9]{6,14}$", number) else None


def may_be(written: str, number: str) -> bool:
    """Whether what a paper writes can be the listed `number`: equal, or, without a country code, its end."""
    whole = telephone(written)
    if whole is not None:
        return whole == number
    digits = "".join(each for each in _TRUNK.sub("", written) if each.isascii() and each.isdigit()).lstrip("0")
    return len(digits) >= _SHORTEST_END and number.endswith(digits)
