"""How is a fact about issuer, coherence and history written? One table of codes, titles and what each does not show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from answerable.casefile.evidence import Fact, Result

METHOD = "answerable directory 1"
Said = Callable[[str, Result, str], Fact]

TABLE: dict[str, tuple[str, str]] = {
    "F1": ("One record of the directory is this office", "that the office sent this paper"),
    "F2": ("Two people confirmed that record", "that the record is still right today"),
    "F3": ("The directory knows the office as the kind the paper says", "that the officer holds the post named"),
    "F4": ("The directory says that it may use this instrument", "that the conditions of the instrument are met"),
    "G1": ("Its dates are in order", "that it was written on the day it names"),
    "G2": ("What it sets a time for had not run out on receipt", "that nobody withdrew it since"),
    "G3": ("The law it cites exists and is of its State", "that the law was applied rightly"),
    "G4": ("The law it cites gives the data it asks for", "that the conditions of that law are met"),
    "G5": ("Mail, paper and seal name one office", "that the office knows of it"),
    "G6": ("Answers would go to a mail domain of the office", "that nobody else reads that mailbox"),
    "G7": ("The telephone number in the paper is one of the directory", "that the number may be called back: F and I say so"),
    "G8": ("The courts and decisions it cites are known", "that they say what the paper says they do"),
    "G9": ("It repeats no paper that was refused or forged", "that it is true"),
    "G10": ("No other sender sent the same text", "that nobody sent it to another provider"),
    "H1": ("The office sent demands before", "that this one is of the same people"),
    "H2": ("No forgery found here used its name", "that none was missed"),
    "H3": ("No caution of ours is in force", "that there is nothing to be careful of"),
    "H4": ("No other desk reports the office or its domains", "whether a report is true: the office can contest it"),
}  # fmt: skip


def writer(at: datetime) -> Said:
    """Return a function that writes the fact of a code as of the moment `at`: code, result, what was found."""

    def said(code: str, result: Result, found: str) -> Fact:
        title, not_shown = TABLE[code]
        return Fact(code=code, title=title, result=result, found=found, method=METHOD, at=at, not_shown=not_shown)

    return said
