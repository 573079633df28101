"""Figures as drawings for a page (SVG). Pure."""

from collections.abc import Collection, Sequence

from memoryd.usage import tokens

WIDTH, HEIGHT, FOOT = 960, 180, 18


def bars(value: float, most: float) -> str:
    """Return a cell of a table with a bar."""
    width = 100 * max(0.0, value) / most if most > 0 else 0
    drawn = f'<svg height="12" viewBox="0 0 100 12" preserveAspectRatio="none"><rect class="fill" width="{width:.2f}" height="12"/></svg>'
    return f'<td class="bar">{drawn}</td>'


def curve(values: Sequence[int], marked: Collection[int]) -> str:
    """Return columns for values, with a line before each marked place."""
    most, step = max(values) or 1, WIDTH / len(values)
    columns = "".join(
        f'<rect class="fill" x="{place * step:.1f}" y="{HEIGHT - HEIGHT * value / most:.1f}" width="{max(step - 0.3, 0.7):.1f}"'
        f' height="{HEIGHT * value / most:.1f}"/>'
        for place, value in enumerate(values)
    )
    lines = "".join(
        f'<line class="mark" x1="{place * step:.1f}" x2="{place * step:.1f}" y1="0" y2="{HEIGHT}"/>' for place in sorted(marked)
    )
    foot = HEIGHT + FOOT - 4
    words = f'<text x="0" y="{foot}">1</text><text x="{WIDTH}" y="{foot}" text-anchor="end">request {len(values)}</text>'
    label = f'<text x="{WIDTH}" y="11" text-anchor="end">{tokens(most)}</text>'
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT + FOOT}" role="img">{columns}{lines}{words}{label}</svg>'
