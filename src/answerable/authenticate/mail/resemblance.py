"""Does a domain, or a name shown beside an address, pass itself off as an office of the directory?

A domain that is not listed is laid beside every listed one, as a hurried reader would see both: letters that look alike
made one, signs between words taken away, endings left out. What is found is a warning with its reason. That nothing is
found proves nothing, and nothing here ever confirms a domain: only the very same letters do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from answerable.authenticate.mail.domains import is_government, organisational, shown, suffix

# Letters that are drawn as a Latin one: of other scripts after Unicode Technical Standard 39, and signs of Latin itself.
_DRAWN_ALIKE = {
    "a": "аɑɒαаաᴀ", "b": "бвьβþЬ", "c": "сϲᴄⅽ", "d": "дԁđⅾ", "e": "еёєεᴇ3", "g": "ɡԍցգ", "h": "нһհħ", "j": "јϳ",
    "k": "кκ", "l": "іїӏιɪıɩʟℓǀ1lłⅼ", "m": "мⅿ", "n": "пηոɴ", "o": "оοσօᴏø0", "p": "рρ", "q": "ԛգզք",
    "r": "гґʀ", "s": "ѕꜱ5", "t": "тτŧ", "u": "иυսʋ", "v": "νѵᴠⅴ", "w": "ωѡԝшᴡ", "x": "хχ×ⅹ", "y": "уγүყ", "z": "зᴢ",
}  # fmt: skip
_TABLE = str.maketrans({drawn: letter for letter, alike in _DRAWN_ALIKE.items() for drawn in alike})
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_SHORT = 5


def skeleton(text: str) -> str:
    """Return a text as a hurried reader sees it: without accents, look-alike letters made one, `rn` as `m`."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(each for each in apart if not unicodedata.combining(each)).translate(_TABLE)
    plain = plain.replace("i", "l")
    for two, one in _PAIRS:
        plain = plain.replace(two, one)
    return plain


def imitates(domain: str, directory: Mapping[str, str]) -> str | None:
    """Return, as the end of a sentence, how `domain` resembles a listed domain; None where it does not, or is one itself."""
    if domain in directory:
        return None
    plain = shown(domain)
    mixed = next((label for label in plain.split(".") if len(_scripts(label)) > 1), None)
    if mixed:
        return f"it writes one word in letters of several scripts ({', '.join(sorted(_scripts(mixed)))})"
    seen = _seen(domain)
    for listed in directory:
        if not domain.endswith("." + listed) and (how := seen.as_if(_seen(listed))):
            return f"{how} {listed}"
    return None


def unlisted_script(domain: str) -> bool:
    """Whether a domain has letters that cannot be laid beside Latin ones."""
    return not skeleton(shown(domain)).isascii()


def named_in(text: str, directory: Mapping[str, str]) -> str | None:
    """Return a listed domain that a text shows, by itself or by the name of its office."""
    seen, words = _name(text), _words(text)
    for domain, office in directory.items():
        if _stands_in(_name(shown(domain)), seen):
            return domain
        if len(_words(office)) >= _SHORT and _stands_in(_words(office), words):
            return domain
    return None


def _stands_in(part: str, text: str) -> bool:
    return part in text and bool(re.search(rf"(?<![\w-]){re.escape(part)}(?![\w-])", text))


@lru_cache(maxsize=65_536)
def _name(text: str) -> str:
    """Return a text as it is seen, with the signs that stand in domains."""
    return " ".join(re.sub(r"[^\w.@-]+", " ", skeleton(text)).split())


@lru_cache(maxsize=65_536)
def _words(text: str) -> str:
    """Return the words of a text as they are seen, whatever signs stand between them."""
    return " ".join(re.sub(r"[\W_]+", " ", skeleton(text)).split())


class _Seen:
    """A domain as it is seen, worked out once and laid beside others."""

    def __init__(self, domain: str) -> None:
        before = shown(domain.removesuffix(suffix(domain)).rstrip("."))
        self.domain, self.owner, self.whole = domain, organisational(domain), skeleton(shown(domain))
        self.is_office = is_government(suffix(domain))
        self.main = skeleton(before.rpartition(".")[2])
        self.letters = sum(1 << place for place in {ord(each) % 64 for each in self.main})
        self.squashed = re.sub(r"[.-]", "", skeleton(before))
        self.words = set(re.split(r"[.-]", skeleton(before)))

    def as_if(self, listed: _Seen) -> str | None:
        """Return how the domain resembles `listed`, or None."""
        main = listed.main
        if self.whole == listed.whole:
            return "it is drawn like"
        if f".{listed.whole}." in f".{self.whole}." or listed.domain.replace(".", "-") in self.domain:
            return "it holds the whole of"
        if listed.owner is not None and listed.owner == self.owner:
            return None
        if self.is_office:
            return None  # a State gives these names out: that two of its towns are called alike is no imitation
        if len(main) > 2 and (self.main == main or self.squashed == listed.squashed):
            return "under another ending, or with other signs between its words, it is"
        if len(main) >= _SHORT and main in self.words:
            return "it holds the chief word of"
        if len(listed.squashed) > _SHORT and listed.squashed in self.squashed:
            return "with more words it is"
        most = 1 if len(main) < 9 else 2
        alike = (self.letters ^ listed.letters).bit_count() <= 2 * most  # cheap, and true of all that are near
        if len(main) >= _SHORT and alike and _near(self.main, main, most):
            return "by a letter or two it is"
        return None


@lru_cache(maxsize=65_536)
def _seen(domain: str) -> _Seen:
    return _Seen(domain)


def _near(one: str, other: str, most: int) -> bool:
    """Whether at most `most` letters are added, left out, changed, or change places with their neighbour."""
    if abs(len(one) - len(other)) > most or one == other:
        return False
    last = row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        before, last, row = last, row, [i]
        for j, right in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return False
    return row[-1] <= most


def _scripts(label: str) -> set[str]:
    """Return the scripts of a label's letters; those that are written together in one language count as one."""
    found = {unicodedata.name(each, "UNKNOWN").partition(" ")[0] for each in label if each.isalpha()}
    japanese = {"CJK", "HIRAGANA", "KATAKANA"}
    return (found - japanese) | ({"Japanese"} if found & japanese else set())
