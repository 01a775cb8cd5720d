"""Can the authority fetch for longer when it asks, and is nobody's time cut short?"""

from __future__ import annotations

import html
import json
from datetime import timedelta

import pytest

WHY = "The registry wrote on the ninth day: its server stands still"


@pytest.fixture
def offered(decided, work):
    """Return a case whose package is on offer."""

    def offer(name: str = "lawful"):
        case = decided(name)
        work(tick=True)
        case.refresh_from_db()
        assert case.state == "available"
        return case

    return offer


def manifest(machine, case):
    return json.loads((machine.home.deliveries / case.reference / "manifest.json").read_bytes())


def test_a_reviewer_opens_a_closed_download_again(machine, people, offered, browser_of, later):
    from answerable.desk import moves
    from answerable.errors import MoveRefused

    case = offered()
    before, long_after = manifest(machine, case), later(60)
    with pytest.raises(MoveRefused, match="closed"):
        moves.fetch(long_after, case, actor=people["ina"])
    case = moves.keep_open(long_after, case, actor=people["mara"], days=10, reason=WHY)
    assert timedelta(days=69) < case.available_until - case.received_at < timedelta(days=71)
    assert moves.fetch(long_after, case, actor=people["ina"]).exists()
    after = manifest(machine, case)
    assert {name for name in before if before[name] != after[name]} == {"available_until"}
    event = case.events.get(kind="kept open longer")
    assert event.facts == {"package_sha512": case.package["sha512"], "reason": WHY}
    page = html.unescape(browser_of("jonas").get(f"/desk/{case.reference}/").content.decode())
    assert "Package kept open longer" in page
    assert WHY in page


def test_the_page_asks_for_days_within_the_law_and_never_shortens(machine, offered, browser_of):
    case = offered()
    mara, address = browser_of("mara"), f"/desk/{case.reference}/keep-open"
    for days in ("9", "46", "", "-1", "many", "1e3"):
        refused = mara.post(address, {"days": days, "reason": WHY})
        assert refused.status_code == 422, days
        assert "The authority asks for more time" in refused.content.decode()
    assert mara.post(address, {"days": "45", "reason": "short"}).status_code == 422
    shorter = mara.post(address, {"days": "10", "reason": WHY})
    assert (shorter.status_code, "would not stay open longer" in shorter.content.decode()) == (409, True)
    before = case.available_until
    case.refresh_from_db()
    assert case.available_until == before
    assert mara.post(address, {"days": "45", "reason": WHY}).status_code == 302
    case.refresh_from_db()
    assert case.available_until > before
    assert browser_of("ina").post(address, {"days": "45", "reason": WHY}).status_code in (403, 404)


def test_nothing_is_kept_open_by_an_officer_or_while_somebody_suspects_it(machine, people, offered, received):
    from answerable.desk import moves
    from answerable.desk.moves.incidents import suspect
    from answerable.errors import MoveRefused

    with pytest.raises(MoveRefused, match="cannot be moved"):
        moves.keep_open(machine, received(), actor=people["mara"], days=45, reason=WHY)
    case = offered()
    with pytest.raises(MoveRefused, match="Only a reviewer"):
        moves.keep_open(machine, case, actor=people["ina"], days=45, reason=WHY)
    suspect(machine, case, actor=people["mara"], reason=WHY, shown_by="call-back")
    with pytest.raises(MoveRefused) as refused:
        moves.keep_open(machine, case, actor=people["jonas"], days=45, reason=WHY)
    assert "forged" in refused.value.why
