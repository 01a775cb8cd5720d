"""What goes back, to whom? Each letter is a record made from the case by a pure function; `letters_for` says which ones."""

from answerable.decide.letters.annex_iii import BOXES, AnnexIII, annex_iii
from answerable.decide.letters.choosing import (
    NOT_FOR_THE_AUTHORITY,
    AnyLetter,
    asked_of_authority,
    letter_kinds,
    letters_for,
    notices,
)
from answerable.decide.letters.courts import Motion, ReciprocalNotice, Step, motion, reciprocal_notice
from answerable.decide.letters.covering import CoveringLetter, Part, covering_letter
from answerable.decide.letters.enforcement import EnforcementObjection, enforcement_objection
from answerable.decide.letters.matter import LANGUAGES, Done, Ground, Left, Letter, Matter, letter_language
from answerable.decide.letters.people import NoticeToPerson, notice_to_person, people_concerned, people_to_tell
from answerable.decide.letters.preserving import Preservation, preservation
from answerable.decide.letters.refusals import Question, Redirect, Refusal, question, redirect, refusal
from answerable.decide.letters.removals import (
    DsaEffect,
    Reinstatement,
    TcoFeedback,
    TcoImpossibility,
    dsa_effect,
    reinstatement,
    tco_feedback,
    tco_impossibility,
)

__all__ = [
    "BOXES",
    "LANGUAGES",
    "NOT_FOR_THE_AUTHORITY",
    "AnnexIII",
    "AnyLetter",
    "CoveringLetter",
    "Done",
    "DsaEffect",
    "EnforcementObjection",
    "Ground",
    "Left",
    "Letter",
    "Matter",
    "Motion",
    "NoticeToPerson",
    "Part",
    "Preservation",
    "Question",
    "ReciprocalNotice",
    "Redirect",
    "Refusal",
    "Reinstatement",
    "Step",
    "TcoFeedback",
    "TcoImpossibility",
    "annex_iii",
    "asked_of_authority",
    "covering_letter",
    "dsa_effect",
    "enforcement_objection",
    "letter_kinds",
    "letter_language",
    "letters_for",
    "motion",
    "notice_to_person",
    "notices",
    "people_concerned",
    "people_to_tell",
    "preservation",
    "question",
    "reciprocal_notice",
    "redirect",
    "refusal",
    "reinstatement",
    "tco_feedback",
    "tco_impossibility",
]
