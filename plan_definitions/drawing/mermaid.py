"""A picture as a Mermaid flowchart, for documents and pages that draw it themselves."""

import json
from collections.abc import Iterator

from plan_definitions.drawing.picture import Picture


def mermaid(picture: Picture) -> str:
    """The text of a Mermaid flowchart, top to bottom."""
    return "\n".join(_lines(picture)) + "\n"


def _lines(picture: Picture) -> Iterator[str]:
    numbers = {lead: n for n, lead in enumerate(picture.leads)}
    # An id such as `end` is a word of Mermaid's own; a prefix keeps them apart.
    yield "---"
    # The head is YAML, to which JSON belongs.
    yield f"title: {json.dumps(picture.title, ensure_ascii=False)}"
    yield "---"
    yield "flowchart TB"
    for box in picture.boxes:
        left, right = ("([", "])") if box.event else ("[", "]")
        yield f"  t_{box.id}{left}{_quoted(box.title)}{right}:::lead{numbers[box.lead]}"
    for arrow in picture.arrows:
        line = "-.->" if arrow.soft else "==>" if arrow.critical else "-->"
        label = f"|{_quoted(arrow.label)}|" if arrow.label else ""
        yield f"  t_{arrow.before} {line}{label} t_{arrow.after}"
    for lead, number in numbers.items():
        fill, line = picture.colour(lead, 0.94, 0.60), picture.colour(lead, 0.42, 0.55)
        yield f"  classDef lead{number} fill:{fill},stroke:{line},color:#1b1f24"
    critical = [f"t_{box.id}" for box in picture.boxes if box.critical]
    if critical:
        yield "  classDef critical stroke-width:4px"
        yield f"  class {','.join(critical)} critical"


def _quoted(text: str) -> str:
    """A text in quotes; Mermaid writes a quote inside as an entity, and `#` begins one."""
    return '"' + text.replace("#", "#35;").replace('"', "#quot;") + '"'
