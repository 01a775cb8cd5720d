"""Is a long list cut to its first lines and a true count, and everything else left as it was?"""

import json
import random

import pytest

from answerable.intake import read
from answerable.intake.skimming import skimmed

MOST = 1_000


def form(lines: int, *, order: bool = False, **line) -> dict:
    rows = [
        {"kind": "email", "value": f"sailor{n}@mail.example" + "x" * 60, "boxes": ["a1"], **line} for n in range(lines)
    ]
    if order:
        return {"form": "order", "instrument": "us.sca.warrant", "asked": rows, "text": 'says "value": [ ] { }'}
    return {
        "A": {"issuing_state": "DE"},
        "E": {"evidence": rows, "additional": '"value": ]}'},
        "G": {"offence": "evidence"},
    }


@pytest.mark.parametrize("order", [False, True])
@pytest.mark.parametrize("lines", [15_000, 21_510])
def test_the_first_lines_stay_and_the_rest_is_counted(lines, order):
    whole = form(lines, order=order)
    content, left_out = skimmed(json.dumps(whole).encode(), MOST)
    cut = json.loads(content)
    rows = cut["asked"] if order else cut["E"]["evidence"]
    assert (len(rows), left_out) == (MOST, lines - MOST)
    assert rows == (whole["asked"] if order else whole["E"]["evidence"])[:MOST]
    rest = {name: value for name, value in whole.items() if name not in ("E", "asked")}
    assert {name: cut[name] for name in rest} == rest


def test_the_order_of_keys_and_white_space_do_not_matter():
    pick = random.Random(3)
    rows = []
    for n in range(12_000):
        row = [("kind", "user"), ("value", f"s{n}" + "y" * 80), ("time_ranges", [{"start": "2026-01-01T00:00:00Z"}])]
        rows.append(dict(pick.sample(row, 3)))
    content, left_out = skimmed(json.dumps({"E": {"evidence": rows}, "language": "en"}, indent=1).encode(), MOST)
    assert (json.loads(content)["E"]["evidence"], left_out) == (rows[:MOST], 11_000)


@pytest.mark.parametrize(
    "content",
    [b"{}", b'{"E": {"evidence": ["value"', b'{"E": {"evidence": [' + b'{"value": 1},' * 150_000, b'"value"' * 300_000],
)
def test_what_is_small_or_written_otherwise_is_left_as_it_is(content):
    assert skimmed(content, MOST) == (content, 0)


def test_a_bulk_demand_is_read_with_its_count():
    read_form = read(json.dumps(form(21_510)).encode()).form
    assert len(read_form.E.evidence) + read_form.E.left_out == 21_510
    assert read(json.dumps(form(1_200)).encode()).form.E.left_out == 200
    assert read(json.dumps(form(999)).encode()).form.E.left_out == 0
