"""A picture in DOT, for Graphviz and the many programs that read it."""

from collections.abc import Iterator

from plan_definitions.drawing.picture import Picture
from plan_definitions.drawing.wrapping import wrapped

_WIDEST_LINE = 26


def dot(picture: Picture) -> str:
    """The text of a directed graph in DOT, top to bottom."""
    return "\n".join(_lines(picture)) + "\n"


def _lines(picture: Picture) -> Iterator[str]:
    yield f"digraph {_quoted(picture.title)} {{"
    yield f'  graph [label={_quoted(picture.title)}, labelloc=t, rankdir=TB, fontname="sans-serif"];'
    yield '  node [shape=box, style="rounded,filled", fontname="sans-serif", fontsize=11];'
    yield '  edge [color="#6a737d", fontname="sans-serif", fontsize=10];'
    for box in picture.boxes:
        degrees = picture.hue(box.lead) / 360
        label = "\n".join((*wrapped(box.title, _WIDEST_LINE), box.caption))
        marks = [
            f"label={_quoted(label)}",
            f"tooltip={_quoted(box.hint)}",
            f'fillcolor="{degrees:.3f} 0.10 0.98"',
            f'color="{degrees:.3f} 0.70 0.60"',
            *(["penwidth=3"] if box.critical else []),
            *(['style="filled,bold"', "shape=ellipse"] if box.event else []),
        ]
        yield f"  {_quoted(box.id)} [{', '.join(marks)}];"
    for arrow in picture.arrows:
        marks = [
            *([f"label={_quoted(arrow.label)}"] if arrow.label else []),
            *(["style=dashed", "constraint=false"] if arrow.soft else []),
            *(['color="#b31d28"', "penwidth=2.5"] if arrow.critical else []),
        ]
        yield f"  {_quoted(arrow.before)} -> {_quoted(arrow.after)}" + (
            f" [{', '.join(marks)}];" if marks else ";"
        )
    yield "}"


def _quoted(text: str) -> str:
    """A text in quotes, new lines as DOT writes them."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
