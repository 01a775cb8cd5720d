"""Does a text say one of these words? The one way in which every law looks for words in a paper.

A list holds words and phrases in any language. Each is found whole, whatever its capitals, accents, hyphens, line breaks or
plural; an abbreviation (`SPoC`) also with dots. A part of a longer word is no match, unless the list has a star:
`terroris*` is the beginning of words, `*anwalt*` a part of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# What may stand between the words of a phrase; nothing at all too, for `whistle blower` is often one word.
_BETWEEN = r"[ .,'()\-‐‒–—]{0,3}"
_ANY = r"\w*"
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_BROKEN_WORD = re.compile(r"[-‐][ \t]*\r?\n\s*")
# Chinese, Japanese and Korean run words together: there a word is found inside others too.
_WITHOUT_BLANKS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
# How a letter is also written where there is no key for it.
_ALSO = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa", "œ": "oe", "æ": "ae"}
# A word that denies what follows it in the same sentence.
_DENIES = re.compile(
    r"\b(?:not?|non|never|without|nor|neither|cannot|\w+n't|kein\w*|nicht|ohne|weder|pas|sans|aucune?|ni|geen|niet|zonder|unrelated)\b",
    re.IGNORECASE,
)
# A full stop after a short form is none.
_SHORT = "".join(
    rf"(?<!\b{form})" for form in (r"\w", "art", "arts", "abs", "no", "nr", "sec", "sch", "para", "cf", "vs")
)
_SENTENCE_ENDS = re.compile(rf"{_SHORT}[.:](?=\s+[^\W\d_])|[;!?](?=\s)", re.IGNORECASE)
_BEFORE = re.compile(r"(?:[\w'’/-]+\W+){0,7}$")


def said(words: tuple[str, ...], text: str, *, not_in: tuple[str, ...] = ()) -> str | None:
    """Return the first of `words` that the text says, as the text writes it, or None. What stands in `not_in` is passed over."""
    for reading in _readings(text):
        found = _pattern(words).search(_pattern(not_in).sub(" ", reading) if not_in else reading)
        if found:
            return found[0]
    return None


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, in plain letters; a full stop after a short form ends none."""
    return _SENTENCE_ENDS.split(_readings(text)[0])


def affirmed(words: tuple[str, ...], text: str) -> str | None:
    """Return the first of `words` that the text says and does not deny in the few words before it, or None.

    For words that speak for a demand: “not indictable” must not count as “indictable”.
    """
    return next((word for word, is_denied in _found(words, text) if not is_denied), None)


def denied(words: tuple[str, ...], text: str) -> str | None:
    """Return the first of `words` that the text says and denies in the few words before it, or None."""
    return next((word for word, is_denied in _found(words, text) if is_denied), None)


def _found(words: tuple[str, ...], text: str) -> Iterator[tuple[str, bool]]:
    """Yield each of `words` that the text says, with whether it is denied there."""
    for reading in _readings(text):
        for found in _pattern(words).finditer(reading):
            yield found[0], bool(_DENIES.search(_few_words_before(reading, found.start())))


def _few_words_before(text: str, place: int) -> str:
    sentence = _SENTENCE_ENDS.split(text[max(0, place - 120) : place])[-1]
    few = _BEFORE.search(sentence)
    return few[0] if few else ""


@lru_cache(maxsize=4)  # several rules read the paper in hand, one after the other
def _readings(text: str) -> tuple[str, ...]:
    """Return the text in plain letters on one line; then, where a line ends in a hyphen, as if that only broke a word."""
    plain = text
    if not text.isascii():
        plain = unicodedata.normalize("NFKC", text.replace("\u00ad\n", "-\n")).replace("’", "'")
        plain = _INVISIBLE.sub("", plain)
    shown = " ".join(plain.split())
    joined = _BROKEN_WORD.sub("", plain)
    return (shown,) if joined == plain else (shown, " ".join(joined.split()))


@lru_cache(maxsize=512)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of a list. Phrases that begin with the same letter stand together, so that most are never tried."""
    by_letter: dict[str, list[str]] = {}
    for phrase in words:
        if phrase.strip() and not _WITHOUT_BLANKS.search(phrase):
            first, rest = _phrase(phrase)
            by_letter.setdefault(first, []).append(rest)
    whole = "|".join(f"{first}(?:{'|'.join(rests)})" for first, rests in by_letter.items())
    parts = (re.escape(phrase) for phrase in words if _WITHOUT_BLANKS.search(phrase))
    return re.compile("|".join((rf"(?<!\w)(?:{whole or '(?!)'})(?!\w)", *parts)), re.IGNORECASE)


def _phrase(phrase: str) -> tuple[str, str]:
    """Return the pattern of the first letter of a phrase, or of any beginning, and that of the rest."""
    first, *others = re.split(r"[\s-]+", phrase)
    letter, rest = (_ANY, _word(first.lstrip("*"))) if first.startswith("*") else _divided(first)
    return letter, _BETWEEN.join((rest, *map(_word, others)))


def _divided(word: str) -> tuple[str, str]:
    letter, whole = _letter(unicodedata.normalize("NFC", word)[0].lower()), _word(word)
    return (letter, whole[len(letter) :]) if whole.startswith(letter) else ("", whole)


def _word(word: str) -> str:
    """Return the pattern of one word of a list, with its plural; a star is any ending, or any beginning."""
    bare = word.strip("*")
    if sum(letter.isupper() for letter in bare) > 1:
        inner = r"\.?\s?".join(map(_letter, bare.lower())) + r"s?\.?"
    else:
        inner = "".join(map(_letter, unicodedata.normalize("NFC", bare.lower())))
        inner = inner if word.endswith("*") or len(bare) < 3 else _with_plural(inner)
    return _ANY * word.startswith("*") + inner + _ANY * word.endswith("*")


def _letter(letter: str) -> str:
    base = unicodedata.normalize("NFKD", letter)[0]
    forms = dict.fromkeys((letter, base, _ALSO.get(letter, letter)))
    return re.escape(letter) if len(forms) == 1 else f"(?:{'|'.join(map(re.escape, forms))})"


def _with_plural(word: str) -> str:
    return f"{word[:-1]}(?:y|ies)" if re.search(r"[^aeiou]y$", word) else f"{word}(?:e?s)?"
