"""How does a value read on a page?"""

from django import template
from django.utils import timezone
from django.utils.formats import date_format

from answerable.casefile.scope import Period
from answerable.desk import wording

register = template.Library()
register.filter("short_citation", wording.short_citation)


@register.filter
def letter(kind: str) -> str:
    """Return the name of a letter; one written again has a number."""
    name, _, number = kind.rpartition("-")
    if number.isdigit():
        return f"{wording.LETTERS.get(name, name)}, no. {number}"
    return wording.LETTERS.get(kind, kind)


@register.filter
def period(span: Period | None) -> str:
    """Return a time range in words, in the zone of the page."""
    if span is None or (span.start is None and span.end is None):
        return "Whatever we hold"
    start, end = (_moment(span.start) if span.start else "", _moment(span.end) if span.end else "")
    return f"{start} to {end}" if start and end else f"from {start}" if start else f"up to {end}"


def _moment(moment) -> str:
    return date_format(timezone.localtime(moment), "j M Y H:i")
