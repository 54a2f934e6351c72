"""Entity-relationship diagrams as SVG: what is referred to in the middle, what refers to it on both sides.

Nothing is measured in a browser, so widths are reckoned generously; a diagram is drawn the same every time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from dictionary.marts import Mart, Reference, nearest

_WIDTH, _HEAD, _LINE, _GAP, _CHANNEL, _EDGE = 250, 28, 18, 22, 190, 16
_PLAIN = "#5c6b7a"
# One colour for each dimension, in whatever diagram it stands.
_COLOURS = {
    "core.dim_edition": "#a11d4a",
    "core.dim_cluster": "#3c6e71",
    "core.dim_cluster_edition": "#1d7a4d",
    "core.dim_segment": "#17549b",
    "core.dim_node": "#7a3e9d",
}
_OTHER = "#b3541e"


@dataclass(frozen=True)
class _Box:
    """A drawn table: its left upper corner and size in pixels, and the colour of what refers to it."""

    mart: Mart
    x: int
    y: int
    height: int
    colour: str


def draw(schema: str, marts: Sequence[Mart]) -> str:
    """The diagram of the tables of a schema, with the tables of other schemas that they refer to; an SVG element.

    Only nearest references are drawn: who refers to a cluster in an edition thereby refers to the edition.
    """
    by_name = {mart.name: mart for mart in marts}
    own = [mart for mart in marts if mart.schema == schema]
    edges = [(mart, reference) for mart in own for reference in nearest(mart, marts)]
    middle = [by_name[name] for name in dict.fromkeys(reference.to for _, reference in edges)]
    middle.sort(key=lambda mart: sum(reference.to == mart.name for _, reference in edges))
    left, right = _halves([mart for mart in own if mart not in middle])
    colours = {mart.name: _COLOURS.get(mart.name, _OTHER) for mart in middle}
    height = max(_column_height(column) for column in (left, middle, right)) + 2 * _EDGE
    boxes: dict[str, _Box] = {}
    for place, column in enumerate((left, middle, right)):
        boxes |= _column(column, _EDGE + place * (_WIDTH + _CHANNEL), height, colours)
    lines = _lines(edges, boxes)
    width = 3 * _WIDTH + 2 * _CHANNEL + 2 * _EDGE
    parts = [*lines, *(_drawn(box, schema) for box in boxes.values())]
    return (
        f'<svg id="diagram-{schema}" class="diagram" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="Tables of the schema {schema}" xmlns="http://www.w3.org/2000/svg">\n'
        + "\n".join(parts)
        + "\n</svg>"
    )


def _height(mart: Mart) -> int:
    return _HEAD + _LINE * (len(mart.key) + 1) + 8


def _column_height(column: Sequence[Mart]) -> int:
    return sum(_height(mart) + _GAP for mart in column) - _GAP


def _halves(marts: Sequence[Mart]) -> tuple[list[Mart], list[Mart]]:
    """The tables in two columns of about one height, in their order."""
    left: list[Mart] = []
    half = _column_height(marts) / 2
    while len(left) < len(marts) and _column_height([*left, marts[len(left)]]) <= half + _HEAD:
        left.append(marts[len(left)])
    return left, list(marts[len(left) :])


def _column(marts: Sequence[Mart], x: int, height: int, colours: Mapping[str, str]) -> dict[str, _Box]:
    """Boxes one below the other, spread over the height."""
    spare = height - 2 * _EDGE - sum(_height(mart) for mart in marts)
    gap = spare / (len(marts) + 1)
    boxes, y = {}, _EDGE + gap
    for mart in marts:
        boxes[mart.name] = _Box(mart, x, round(y), _height(mart), colours.get(mart.name, _PLAIN))
        y += _height(mart) + gap
    return boxes


def _lines(edges: Sequence[tuple[Mart, Reference]], boxes: Mapping[str, _Box]) -> list[str]:
    """A line per reference; those that end on one side of a box end below each other, in the order they come from."""
    ends: dict[tuple[str, str], list[tuple[_Box, Reference]]] = {}
    for mart, reference in edges:
        child, parent = boxes[mart.name], boxes[reference.to]
        side = "left" if child.x < parent.x else "right"
        ends.setdefault((reference.to, side), []).append((child, reference))
    lines = []
    for (to, side), arriving in ends.items():
        parent = boxes[to]
        arriving.sort(key=lambda pair: pair[0].y)
        for place, (child, reference) in enumerate(arriving, start=1):
            y = parent.y + round(parent.height * place / (len(arriving) + 1))
            order = [other.to for other in _of(child, edges)]
            start = child.y + _HEAD // 2 + 12 * order.index(to)
            lines.append(_line(child, parent, side, start, y, reference))
    return lines


def _of(child: _Box, edges: Sequence[tuple[Mart, Reference]]) -> list[Reference]:
    return [reference for mart, reference in edges if mart == child.mart]


def _line(child: _Box, parent: _Box, side: str, start: int, end: int, reference: Reference) -> str:
    if side == "left":
        x1, x2 = child.x + _WIDTH, parent.x
        bend1, bend2 = x1 + _CHANNEL // 2, x2 - _CHANNEL // 2
    else:
        # From the right column, or within the middle, where the line bows out to the right.
        x1, x2 = (child.x if child.x > parent.x else child.x + _WIDTH), parent.x + _WIDTH
        bend1 = x1 - _CHANNEL // 2 if child.x > parent.x else x1 + _CHANNEL // 3
        bend2 = x2 + _CHANNEL // 2 if child.x > parent.x else x2 + _CHANNEL // 3
    columns = ", ".join([*reference.columns, *(f"{column} of the edition" for column in reference.of_edition)])
    label = escape(f"{child.mart.name} → {parent.mart.name} ({columns})")
    tip = x2 + (-7 if side == "left" else 7)
    return (
        f'<g stroke="{parent.colour}" fill="none"><title>{label}</title>'
        f'<path stroke-width="1.6" d="M{x1} {start} C{bend1} {start} {bend2} {end} {x2} {end}"/>'
        f'<circle cx="{x1}" cy="{start}" r="3" fill="{parent.colour}"/>'
        f'<path fill="{parent.colour}" d="M{x2} {end} L{tip} {end - 4} L{tip} {end + 4} Z"/></g>'
    )


def _drawn(box: _Box, schema: str) -> str:
    mart, colour = box.mart, box.colour
    name = mart.table if mart.schema == schema else mart.name
    lines = [f'<tspan font-weight="600">{escape(column)}</tspan>' for column in mart.key]
    others = len(mart.columns) - len(mart.key)
    lines.append(f'<tspan fill="{_PLAIN}">and {others} more</tspan>')
    texts = "".join(
        f'<text x="{box.x + 12}" y="{box.y + _HEAD + _LINE * place - 4}" font-size="13">{line}</text>'
        for place, line in enumerate(lines, start=1)
    )
    return (
        f'<a href="{escape(mart.page)}"><rect x="{box.x}" y="{box.y}" width="{_WIDTH}" height="{box.height}" rx="5" '
        f'fill="#fff" stroke="{colour}"/><rect x="{box.x}" y="{box.y}" width="{_WIDTH}" height="{_HEAD}" rx="5" '
        f'fill="{colour}"/><text x="{box.x + 12}" y="{box.y + 19}" fill="#fff" font-weight="600" '
        f'font-size="14">{escape(name)}</text>{texts}</a>'
    )
