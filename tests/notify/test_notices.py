"""From when may the person be told by us?"""

from datetime import UTC, datetime, timedelta

import pytest

from answerable.casefile.assessment import NoticeRule
from answerable.notify import is_ours_to_give, may_be_sent_from

NOW = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("since", "until", "opens"),
    [
        (None, None, NOW),
        (NOW - DAY, None, None),
        (NOW - DAY, NOW + DAY, NOW + DAY),
        (NOW - 2 * DAY, NOW - DAY, NOW),
        (NOW - DAY, NOW, NOW),
    ],
)
def test_a_notice_opens_when_silence_ends(since, until, opens):
    rule = NoticeRule(told_by="provider", reason="r", citation="c", silent_since=since, silent_until=until)
    assert may_be_sent_from(rule, NOW) == opens


@pytest.mark.parametrize(("by", "ours"), [("provider", True), ("issuing authority", False), (None, False)])
def test_where_the_authority_tells_or_nobody_knows_we_do_not(by, ours):
    rule = NoticeRule(told_by=by, reason="r", citation="c") if by else None
    assert is_ours_to_give(rule) is ours
