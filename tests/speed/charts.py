"""Bar charts as SVG, in a browser's own letters and colours that can be read on white and on black."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, LABELS, RIGHT = 760, 250, 90  # pixels: of all, of the names, and for the figure behind a bar
ROW, BAR, TOP = 26, 16, 44
OURS, THEIRS, INK = "#1f77b4", "#9aa5b1", "#6b7280"


@dataclass(frozen=True)
class Bar:
    """A figure with the smallest and the largest that were seen."""

    name: str
    value: float
    least: float
    most: float
    ours: bool


def bars(title: str, unit: str, told: Sequence[Bar]) -> str:
    """A chart of bars from above to below; the thin line goes from the smallest to the largest."""
    height = TOP + ROW * len(told) + 12
    largest = max(bar.most for bar in told)
    scale = (WIDTH - LABELS - RIGHT) / largest
    rows = [_row(bar, TOP + ROW * number, scale, unit) for number, bar in enumerate(told)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
            f'height="{height}" font-family="system-ui, sans-serif" font-size="13" fill="{INK}" role="img">',
            f"<title>{escape(title)}</title>",
            f'<text x="12" y="24" font-size="15" font-weight="600">{escape(title)}</text>',
            *rows,
            "</svg>\n",
        ]
    )


def _row(bar: Bar, y: int, scale: float, unit: str) -> str:
    middle, colour = y + ROW // 2, OURS if bar.ours else THEIRS
    end = LABELS + scale * bar.most
    figure = f"{bar.value:.2f}" if bar.value < 10 else f"{bar.value:.0f}"
    return (
        f'<text x="{LABELS - 8}" y="{middle + 4}" text-anchor="end">{escape(bar.name)}</text>'
        f'<rect x="{LABELS}" y="{middle - BAR // 2}" width="{scale * bar.value:.1f}" height="{BAR}" fill="{colour}"/>'
        f'<line x1="{LABELS + scale * bar.least:.1f}" y1="{middle}" x2="{end:.1f}" y2="{middle}" stroke="{INK}"/>'
        f'<text x="{end + 6:.1f}" y="{middle + 4}">{figure} {escape(unit)}</text>'
    )
