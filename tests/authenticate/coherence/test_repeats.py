"""Is a text known again when names and dates were changed in it, and are two texts that share words not taken for one?"""

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.authenticate.coherence import Earlier, trace
from answerable.authenticate.coherence.repeats import NEAR, repeat_facts, shared
from answerable.authenticate.directory.fact import writer
from answerable.casefile.evidence import Result

AT = datetime(2026, 11, 23, tzinfo=UTC)
CONFIRMED, CONTRADICTED, _, NOT_CHECKED = Result


def text_of(seed: int, length: int = 400) -> str:
    chance = random.Random(seed)
    return (
        " ".join(f"word{chance.randrange(900)}" if chance.random() < 0.5 else "the" for _ in range(length))
        + f" {seed}x"
    )


LETTER = " ".join(chr(97 + place % 26) * (1 + place % 9) + chr(97 + place // 26 % 26) for place in range(400))


def test_a_new_file_number_and_other_spelling_make_no_new_text():
    one = trace(f"{LETTER} case 4711 of 3 March 2026")
    other = trace(f"{LETTER.upper()},  case 812 of 19 March 2027!")
    assert shared(one, other) >= 99
    assert one.digest != other.digest
    assert shared(one, trace(f"{LETTER} case 4711, of 3 march 2026.")) == 100


def test_other_names_in_a_letter_leave_it_near_and_another_letter_is_far():
    words = LETTER.split()
    words[50:52], words[200:202] = ["another", "name"], ["other", "street"]
    assert shared(trace(LETTER), trace(" ".join(words))) >= NEAR
    assert shared(trace(LETTER), trace(" ".join(reversed(LETTER.split())))) < 20


def test_too_little_text_is_equal_or_nothing():
    assert shared(trace("short text"), trace("short text")) == 100
    assert shared(trace("short text"), trace("short texts")) == 0
    assert trace(" \n!?") == trace("")


@settings(deadline=None)
@given(st.text(max_size=600), st.text(max_size=600))
def test_what_is_shared_is_mutual_and_a_text_is_always_itself(one, other):
    left, right = trace(one), trace(other)
    assert shared(left, right) == shared(right, left)
    assert 0 <= shared(left, right) <= 100
    assert shared(left, left) == (100 if left.digest else 0)


def facts(earlier, *, text=LETTER, sender="a"):
    return [(fact.result, fact.found) for fact in repeat_facts(writer(AT), trace(text), sender, earlier)]


def came(outcome, *, sender="a", text=LETTER, case="AN-2026-000001"):
    return Earlier(case=case, received_at=AT, sender=sender, outcome=outcome, trace=trace(text))


@pytest.mark.parametrize(
    ("earlier", "refused", "elsewhere"),
    [
        ([], CONFIRMED, CONFIRMED),
        ([came("forged")], CONTRADICTED, CONFIRMED),
        ([came("forged", text=LETTER + " and more")], CONTRADICTED, CONFIRMED),
        ([came("forged", sender="b")], CONTRADICTED, CONTRADICTED),
        ([came("refused")], CONTRADICTED, CONFIRMED),
        ([came("refused", text=LETTER + " and more")], CONFIRMED, CONFIRMED),  # corrected, and sent again
        ([came("suspected")], NOT_CHECKED, CONFIRMED),
        ([came("answered")], CONFIRMED, CONFIRMED),
        ([came("answered", sender="b")], CONFIRMED, CONTRADICTED),
        ([came("answered", sender="b", text=LETTER + " and more")], CONFIRMED, NOT_CHECKED),  # two offices, one form
        ([came("forged", text="something else " * 60)], CONFIRMED, CONFIRMED),
    ],
)
def test_a_repeat_says_of_which_case_and_what_became_of_it(earlier, refused, elsewhere):
    found = facts(earlier)
    assert [result for result, _ in found] == [refused, elsewhere]
    assert any("AN-2026-000001" in words for _, words in found) == bool(earlier and len(earlier[0].trace.sketch) > 100)


def test_without_text_nothing_is_compared():
    assert [result for result, _ in facts([came("forged")], text="")] == [NOT_CHECKED, NOT_CHECKED]


def test_a_very_long_text_is_traced_by_its_beginning():
    assert trace("a b c d e " * 40_000) == trace("a b c d e " * 20_000)
