"""Which provisions does a text cite? Read from its words alone, in the ways in which people write citations.

What is not recognised is not cited: the rule that asks then leaves the question to a person.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# More than any citation needs. A longer text is read so far.
_READ = 4_000
# A word before the number of a provision. Those before its parts (paragraph, Absatz, lid) are not among them.
_MARK = (
    r"(?:§{1,4}|(?<!\w)(?:articles?|artikel\w*|artículos?|articol[oi]|artigos?|artt?s?|sections?|sects?|secs?|u/ss?|(?<!')ss?"
    r"|schedules?|sch|rules?|clauses?|madde\w*|md|m(?=\.)|стать\w+|ст|чл|čl\w*|άρθρ\w+|paragraaf)(?![^\W\d])\.?)"
)
# Each piece takes what it can and gives nothing back (`?>`), so that no text is read twice.
_NUMBER = r"(?>(?:[LRD]\.?\s?)?\d+(?:\.\d+)*(?:-\d{1,2}(?!\d))?[a-z]{0,2}(?:/[a-z](?!\w))?(?!\w))"
_PARTS = (
    r"(?>(?:\s*\(\w{1,5}\)|/\d{1,2}(?!\w)"
    r"|[,\s]{0,3}\b(?:para\w*|par|absatz|abs|unterabs\w*|satz|nr|lit|buchst\w*|ziff\w*|lid|leden|alin\w*|al|apartado|comma|points?"
    r"|letters?|subpara\w*)(?!\w)\.?(?:\s*(?:\d{1,3}[a-z]?|[a-z])(?!\w)\)?)?){0,8})"
)
_AND = (
    r"(?>(?:[\s,;&–-]|\b(?:and|und|et|en|y|e|or|oder|ou|to|bis|through|read with|in conjunction with|in verbindung mit"
    r"|i\.?\s?v\.?\s?m\.?)(?!\w)){1,8})"
)
_LIST = rf"(?>{_MARK}\s*{_NUMBER}{_PARTS}(?:{_AND}(?:{_MARK}\s*)?{_NUMBER}{_PARTS}){{0,20}})"
_CITED = re.compile(_LIST, re.IGNORECASE)
_EACH_MARK = re.compile(_MARK, re.IGNORECASE)
_ONE = re.compile(rf"(?<![\w.(])({_NUMBER})(?:\s*\((\w{{1,5}})\)|/(\d{{1,2}})(?!\w))?{_PARTS}", re.IGNORECASE)
_NUMBER_FIRST = re.compile(
    rf"((?:{_NUMBER}(?:,| ve)\s){{0,9}}{_NUMBER})\.?\s?(?:(?:['\s]?\w{{2,5}}\s)?madde|§)|[第제]?\s?(\d+|[一二三四五六七八九十百]+)\s?[条條조]",
    re.IGNORECASE,
)
_CHINESE = {figure: value for value, figure in enumerate("一二三四五六七八九", start=1)}
# A law that is named with its own number or year.
_NUMBERED_LAW = re.compile(
    r"\b(?:act|code|law|statute|decree|ordinance|regulation|directive|loi|décret|ley|lei|legge|wet|wetboek|\w+gesetz(?:es|buch)?"
    r"|\w+ordnung|richtlinie|richtlijn|verordening|règlement|regolamento|reglamento|zakon|kanun)"
    r"(?:\s*\((?:[^()]{1,60})\))?,?\s*(?:no|nr|n°|num)?\.?\s*\d",
    re.IGNORECASE,
)
_US_SECTIONS = (
    r"\d+\w*(?:\(\w+\))*(?![\w(])(?:[\s,;&]+(?:and|or)?\s?§{0,2}\s?\d+\w*(?:\(\w+\))*(?![\w(])(?!\s*U\.?\s?S)){0,9}"
)
_US_CODE = (
    re.compile(
        r"(?:\btitle\s+(?P<title>\d{1,2})\b[\s,]*(?:of\s+)?(?:the\s+)?(?:united\s+states\s+code|u\.?\s?s\.?\s?code|u\.?\s?s\.?\s?c\.?)?"
        r"|\b(?P<short>\d{1,2})\s*u\.?\s?s\.?\s?(?:code|c\.?)(?:\s?a\.?)?)"
        rf"(?:\s+annotated)?[\s,:]*(?:(?:at\s+)?(?:sections?|secs?\.?|§{{1,4}})\s*)?(?P<sections>{_US_SECTIONS})",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?:\bsections?|\bsecs?\.?|§{{1,4}})\s*(?P<sections>{_US_SECTIONS})[\s,]*(?:of\s+)?(?:the\s+)?(?:title\s+)(?P<title>\d{{1,2}})\b",
        re.IGNORECASE,
    ),
)


def articles(text: str) -> frozenset[str]:
    """Return the numbers of the articles and sections that a text cites, without their parts: `9`, `9/A`, `487.014`, `60A`."""
    return frozenset(each.partition("(")[0] for each in provisions(text))


def provisions(text: str) -> frozenset[str]:
    """Return the articles and sections that a text cites, each with the first of its parts: `8(4)`, also where it says 8/4."""
    plain = _plain(text)
    cited = (number for found in _CITED.finditer(plain) for number in _numbers(found[0]))
    first = (
        number
        for found in _NUMBER_FIRST.finditer(plain)
        for number in (_numbers(found[1]) if found[1] else (_in_figures(found[2]),))
    )
    return frozenset(number.upper() for number in (*cited, *first))


def us_code(text: str) -> frozenset[str]:
    """Return the sections of the United States Code that a text cites, each as `19 USC 1509`, without its parts."""
    plain = _plain(text)
    found = (each.groupdict() for pattern in _US_CODE for each in pattern.finditer(plain))
    return frozenset(
        f"{each['title'] or each.get('short')} USC {section.upper()}"
        for each in found
        for section in re.findall(r"(?<![\w(])\d+\w*", each["sections"])
    )


def names_a_provision(text: str) -> bool:
    """Whether a text cites an article or a section, or a law by its number or year."""
    plain = _plain(text)
    return bool(_CITED.search(plain) or _NUMBER_FIRST.search(plain) or _NUMBERED_LAW.search(plain))


def beside(text: str, act: str, *, own: tuple[str, ...]) -> str:
    """Return what a text cites beside one act, whose names are the pattern `act`.

    Out go the act's names, the articles that stand with them, and the articles `own` wherever they stand: a national
    article of the same number goes with those, which errs on the safe side.
    """
    named, before, after, alone = _standing_with(act, own)
    plain = named.sub("¶", _plain(text))
    return alone.sub(" ", after.sub("¶", before.sub("¶", plain))).replace("¶", " ")


@lru_cache
def _standing_with(act: str, own: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """Return the patterns of an act's names, of the articles before and after them, and of its own where they stand alone."""
    item = rf"{_NUMBER}{_PARTS}(?!\s*(?:of|des|du|der|van|de)\b)"
    number = rf"(?:{'|'.join(own)})(?!\w){_PARTS}"
    return tuple(
        re.compile(pattern, re.IGNORECASE)
        for pattern in (
            rf"(?:{act})(?:[\s,()]{{0,4}}(?:{act}))*",
            rf"{_LIST}[\s,(]{{0,4}}(?:(?:of|under|du|de|des|der|van|la|le|the|het|del|della)\s{{1,3}}){{0,3}}¶",
            rf"¶[\s,:()-]{{0,6}}{_MARK}\s*{item}(?:{_AND}(?:art\w*\.?\s*)?{item}){{0,20}}",
            rf"{_MARK}\s*{number}(?:{_AND}(?:{_MARK}\s*)?{number}){{0,20}}",
        )
    )


def _numbers(cited: str) -> Iterator[str]:
    """Yield the numbers of a list of provisions, each with the first of its parts."""
    for found in _ONE.finditer(_EACH_MARK.sub(" ", cited)):
        part = found[2] or found[3]
        yield f"{found[1]}({part})" if part else found[1]


def _in_figures(number: str) -> str:
    """Return a number of up to three places, where it is written in Chinese, in figures."""
    if number.isascii():
        return number
    hundreds, _, rest = number.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    value = 100 * _CHINESE.get(hundreds, 0) + 10 * _CHINESE.get(tens, len(ten)) + _CHINESE.get(ones, 0)
    return str(value)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text[:_READ]).replace("’", "'").split())
