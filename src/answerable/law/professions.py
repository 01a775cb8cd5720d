"""Does a paper itself speak of the press, of a lawyer, or of another profession that a law protects?

Only the words of the paper are looked at. Who the person is, nobody asks here.
"""

from __future__ import annotations

from answerable.law.words import said

PRESS = (
    "*journalis*", "reporter*", "editor", "editor in chief", "columnist", "newspaper", "news agency", "news outlet", "news site",
    "newsroom", "broadcaster", "media outlet", "the press", "press agency", "press card", "freedom of the press",
    "redakteur*", "redaktion*", "*zeitung*", "pressefreiheit", "pressevertreter*", "presseausweis*", "rundfunkanstalt*",
    "rédacteur", "rédactrice", "organe de presse", "agence de presse", "la presse", "redacteur*", "redactie*", "verslaggever*",
    "krant", "kranten", "dagblad*", "persvrijheid", "periodista", "giornalist*", "jornalist*", "jurnalist*", "dziennikar*", "novinář*", "újságíró*", "gazeteci*", "журналист*",
    "δημοσιογράφ*", "记者", "記者", "기자",
)  # fmt: skip
LAWYERS = (
    "lawyer", "attorney", "solicitor", "barrister", "law firm", "counsel", "legal advice",
    "legal adviser", "legal advisor", "legal privilege", "legal professional privilege", "legally privileged", "LPP",
    "privileged material", "privileged communication", "privileged correspondence", "rechtsanwalt*", "rechtsanwält*", "anwalt",
    "anwälte*", "anwältin*", "anwaltsgeheimnis*", "anwaltskanzlei*", "fachanwalt*", "fachanwält*", "strafverteidiger*",
    "avocat", "avocate", "advocaat", "advocaten*", "verschoningsrecht*", "abogado", "abogada", "avvocat*", "advogad*", "adwokat*", "advokat*", "advokát*",
    "ügyvéd*", "odvjetni*", "odvetni*", "avukat*", "адвокат*", "δικηγόρ*", "律师", "弁護士", "변호사",
)  # fmt: skip
OTHERS = (
    "member of parliament", "member of congress", "parliamentarian", "senator", "congressman", "congressmen", "congresswoman",
    "congresswomen", "legislator", "lawmaker", "abgeordnet*", "député", "députée", "eurodéput*", "kamerlid", "kamerleden",
    "physician", "doctor", "psychiatrist", "psychotherapist", "arzt", "ärzt*", "psychotherapeut*", "médecin", "huisarts*",
    "whistle blower", "hinweisgeber*", "lanceur d'alerte", "lanceuse d'alerte", "klokkenluider*", "activist*", "aktivist*",
    "human rights defender", "priest", "clergy*", "ativista*", "activista*", "attivist*",
)  # fmt: skip
_PROTECTED = (*PRESS, *LAWYERS, *OTHERS)
# Who prosecutes or speaks for the State: an attorney or counsel in their names is no lawyer whose client is protected.
_OFFICES = (
    "attorney general", "district attorney", "united states attorney", "US attorney", "state attorney", "state's attorney",
    "commonwealth's attorney", "county attorney", "city attorney", "prosecuting attorney", "attorney for the government",
    "attorney for the united states", "solicitor general", "government solicitor", "treasury solicitor",
    "hearing counsel", "counsel for the applicant", "counsel for the crown", "counsel for the prosecution", "crown counsel",
    "prosecution counsel", "treasury counsel",
)  # fmt: skip


def press_named(text: str) -> str | None:
    """Return the word for the press that a text says, or None."""
    return said(PRESS, text)


def lawyers_named(text: str) -> str | None:
    """Return the word for a lawyer or for privilege that a text says, or None; a prosecutor's title is none."""
    return said(LAWYERS, text, not_in=_OFFICES)


def protected_named(text: str) -> str | None:
    """Return the word for any protected profession that a text says, or None."""
    return said(_PROTECTED, text, not_in=_OFFICES)
