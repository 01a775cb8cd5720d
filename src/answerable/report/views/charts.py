"""How is a figure drawn? As plain SVG, on the server: no script, no inline style; the page's own style gives the colours.

A number in a chart is the number in the table beside it: both are drawn from the same bars.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _ROW, _LONGEST = 560, 56, 48


@dataclass(frozen=True, slots=True)
class Bar:
    """One number under its label. What is not shown because it is small is `closed`, and drawn in grey."""

    label: str
    number: int
    closed: bool = False

    @property
    def drawn(self) -> str:
        """The label as far as the chart has room for it; the table beside it has the whole."""
        return self.label if len(self.label) <= _LONGEST else self.label[: _LONGEST - 1].rstrip() + "…"


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars under a heading; `key` names it in the page's code, `noun` says what is counted."""

    key: str
    title: str
    subtitle: str
    bars: tuple[Bar, ...]
    noun: str = "Demands"

    @property
    def description(self) -> str:
        """The numbers in words, for those who hear the page."""
        return ", ".join(f"{bar.label} {bar.number:,}" for bar in self.bars) + "."

    @property
    def svg(self) -> str:
        """The chart as SVG: each bar under its label."""
        return _svg(self.key, self.title, self.description, size=(_WIDTH, len(self.bars) * _ROW), parts=self._parts())

    def _parts(self) -> Iterator[str]:
        most = max((bar.number for bar in self.bars), default=0) or 1
        for at, bar in enumerate(self.bars):
            top, width = at * _ROW + 24, max(2, round(470 * bar.number / most))
            colour = "s5" if bar.closed else "s1"
            yield f'<text x="0" y="{top - 8}">{escape(bar.drawn)}</text>'
            yield f'<rect class="{colour}" x="0" y="{top}" width="{width}" height="20" rx="2"/>'
            yield f'<text class="val" x="{width + 9}" y="{top + 15}">{bar.number:,}</text>'


@dataclass(frozen=True, slots=True)
class Stacked:
    """One bar a period, split by what came of the demands; drawn standing for wide pages and lying for narrow ones."""

    key: str
    title: str
    subtitle: str
    parts: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def description(self) -> str:
        """The numbers in words, for those who hear the page."""
        return " ".join(
            f"{label}: "
            + ", ".join(f"{part} {number:,}" for part, number in zip(self.parts, numbers, strict=True))
            + "."
            for label, numbers in self.rows
        )

    @property
    def wide(self) -> str:
        """The chart with standing bars."""
        high = 330
        return _svg(
            f"{self.key}-wide", self.title, self.description, size=(1180, high), parts=self._standing(high - 34)
        )

    @property
    def narrow(self) -> str:
        """The chart with lying bars."""
        return _svg(f"{self.key}-narrow", self.title, self.description,
                    size=(_WIDTH, len(self.rows) * _ROW), parts=self._lying())  # fmt: skip

    def _most(self) -> int:
        return max((sum(numbers) for _, numbers in self.rows), default=0) or 1

    def _standing(self, base: int) -> Iterator[str]:
        step, most = _step(self._most()), self._most()
        scale = (base - 40) / most
        for tick in range(0, most + 1, step):
            y = base - tick * scale
            yield f'<line class="{"grid" if tick else "axis"}" x1="60" x2="1180" y1="{y:.1f}" y2="{y:.1f}"/>'
            yield f'<text class="ax" x="50" y="{y + 5:.1f}" text-anchor="end">{tick:,}</text>'
        each = 1120 / len(self.rows)
        wide = min(110.0, each * 0.55)
        for at, (label, numbers) in enumerate(self.rows):
            left, top = 60 + each * at + (each - wide) / 2, float(base)
            for kind, number in enumerate(numbers, 1):
                high = number * scale
                top -= high
                yield from _block(left, top, wide=wide, high=high, kind=kind, number=number)
            middle = left + wide / 2
            yield f'<text class="val sum" x="{middle:.1f}" y="{top - 9:.1f}" text-anchor="middle">{sum(numbers):,}</text>'
            yield f'<text class="ax" x="{middle:.1f}" y="{base + 25}" text-anchor="middle">{escape(label)}</text>'

    def _lying(self) -> Iterator[str]:
        scale = 470 / self._most()
        for at, (label, numbers) in enumerate(self.rows):
            top, left = at * _ROW + 24, 0.0
            yield f'<text x="0" y="{top - 8}">{escape(label)}</text>'
            for kind, number in enumerate(numbers, 1):
                yield from _block(left, top, wide=number * scale, high=20, kind=kind, number=0)
                left += number * scale
            yield f'<text class="val sum" x="{left + 9:.1f}" y="{top + 15}">{sum(numbers):,}</text>'


def _block(left: float, top: float, *, wide: float, high: float, kind: int, number: int) -> Iterator[str]:
    """Yield a part of a bar, with its number in it where there is room."""
    yield f'<rect class="s{kind}" x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{max(0.0, high - 1.5 * (high > 3)):.1f}"/>'
    if number and high > 24:
        ink = {1: "inv", 4: "inv", 5: "val"}.get(kind, "inv2")
        x, y = left + wide / 2, top + high / 2 + 5
        yield f'<text class="{ink}" x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{number:,}</text>'


def _step(most: int) -> int:
    """Return a round distance between lines, so that there are at most six."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            if most <= 5 * size * factor:
                return size * factor
        size *= 10


def _svg(key: str, title: str, description: str, *, size: tuple[int, int], parts: Iterator[str]) -> str:
    key = escape(key)
    return (
        f'<svg class="chart" viewBox="0 0 {size[0]} {size[1]}" role="img" aria-labelledby="t-{key} d-{key}">'
        f'<title id="t-{key}">{escape(title)}</title><desc id="d-{key}">{escape(description)}</desc>{"".join(parts)}</svg>'
    )


def legend(parts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return each part with the class of its colour."""
    return tuple((f"k{kind}", part) for kind, part in enumerate(parts, 1))
