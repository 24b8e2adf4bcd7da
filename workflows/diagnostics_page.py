"""docs/diagnostics.md: every diagnostic with its rule, what it says, a wrong and a right example.

    python -m workflows.diagnostics_page         write the document anew
    python -m workflows.diagnostics_page check   exit code 1 where that would change it

Rules come from the code and messages from running the wrong examples. The examples stand in the document
alone: they are kept as somebody wrote them there, and a new code gets places for its own.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from plan_definitions.catalogue import CHAPTERS, rule_of
from plan_definitions.diagnostics import Diagnostic
from plan_definitions.load import LoadedPlan, load_plan
from workflows.texts import Language, translator

PAGE = Path(__file__).parent.parent / "docs" / "diagnostics.md"

_CODE = re.compile(r"^### `([a-z0-9-]+)`", re.MULTILINE)
_BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(
    r"# (?P<file>\w+\.yaml)(?P<whole>, the whole file)?"
    r"(?:, saved as (?P<encoding>\S+))?(?:, with (?P<padding>\d+) MB of comments)?\n"
)
_SECTIONS = re.compile(r"^(?=[^\s#])", re.MULTILINE)
_ENTRIES = re.compile(r"^(?=  [^\s#])", re.MULTILINE)
_COMMENT = b"# \n"
_BASE = "## The plan around the examples"


class Examples(NamedTuple):
    """What is written wrong, and how it is right; empty where nobody has written it yet."""

    wrong: str
    right: str


class _About(NamedTuple):
    """Which file an example is a part of (or the whole), its encoding, and MB of comments that follow it."""

    file: str = "plan.yaml"
    whole: bool = False
    encoding: str = "utf-8"
    padding: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """The parts of the page that people write: the sound plan's files by name, and examples by code."""

    intro: str
    base: Mapping[str, str]
    examples: Mapping[str, Examples]

    @classmethod
    def read(cls, text: str) -> "Document":
        """The parts of a page. Raises ValueError where it has no plan around its examples."""
        head, *chapters = _CODE.split(text)
        intro, found, plan = head.partition(_BASE)
        if not found:
            raise ValueError(f"the page lacks {_BASE!r}")
        base = {_about(block).file: block for block in _BLOCK.findall(plan)}
        examples = {}
        for code, body in zip(chapters[::2], chapters[1::2], strict=True):
            wrong, right, *_ = [*_BLOCK.findall(body), "", ""]
            examples[code] = Examples(wrong, right)
        return cls(intro, base, examples)

    def load(self, example: str) -> LoadedPlan:
        """What becomes of the sound plan when an example takes the place of what it names."""
        return load_plan(Path("plan.yaml"), self.files(example))

    def files(self, example: str) -> dict[Path, bytes]:
        """The sound plan's files with the example in them."""
        about = _about(example)
        text = example if about.whole else _merged(self.base[about.file], example)
        files = {Path(file): content.encode() for file, content in self.base.items()}
        padding = _COMMENT * (about.padding * 1024 * 1024 // len(_COMMENT))
        files[Path(about.file)] = text.encode(about.encoding) + padding
        return files

    def written(self) -> str:
        """The whole page, with rules and messages as the code has them now."""
        base = "\n".join(_fenced(block) for block in self.base.values())
        return f"{self.intro}{_BASE}\n{base}" + "".join(
            f"\n## {chapter}\n" + "".join(self._chapter(code, rule_of(rule)) for code, rule in rules.items())
            for chapter, rules in CHAPTERS.items()
        )

    def _chapter(self, code: str, rule: str) -> str:
        example = self.examples.get(code, Examples("", ""))
        found = self.load(example.wrong).diagnostics if example.wrong else ()
        severity = f" ({found[0].severity})" if found else ""
        said = "".join(_said(diagnostic) for diagnostic in found)
        return (
            f"\n### `{code}`{severity}\n{rule}\n\nWrong:\n{_fenced(example.wrong)}{said}\nRight:\n"
            f"{_fenced(example.right)}"
        )


def _about(block: str) -> _About:
    """Read the first line of an example; without a comment of its kind it is about the plan file."""
    found = _FILE.match(block)
    if found is None:
        return _About()
    padding = int(found["padding"] or 0)
    return _About(found["file"], found["whole"] is not None, found["encoding"] or "utf-8", padding)


def _merged(base: str, example: str) -> str:
    """A file with the example's sections, and in sections of entries its entries, in the place of its own."""
    new = {_name(section): section for section in _split(_SECTIONS, example)}
    kept = ""
    for section in _split(_SECTIONS, base):
        name = _name(section)
        header = f"{name}:\n"
        if name not in new:
            kept += section
        elif section.startswith(header) and new[name].startswith(header):
            named = {_name(entry) for entry in _split(_ENTRIES, new[name])}
            rest = [entry for entry in _split(_ENTRIES, section) if _name(entry) not in named]
            kept += header + "".join(rest) + new.pop(name).removeprefix(header)
    return kept + "".join(section for section in _split(_SECTIONS, example) if _name(section) in new)


def _split(pieces: re.Pattern[str], text: str) -> list[str]:
    """The pieces that begin where the pattern matches; what stands before the first is left out."""
    starts = [found.start() for found in pieces.finditer(text)]
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def _name(piece: str) -> str:
    return piece.partition(":")[0].strip()


def _fenced(block: str) -> str:
    return f"```yaml\n{block}```\n"


def _said(diagnostic: Diagnostic) -> str:
    """The message and the suggestion as quotations, Vietnamese first."""
    lines = [f"\n> {sentence}" for sentence in _sentences(diagnostic)]
    return "  ".join(lines) + "\n"


def _sentences(diagnostic: Diagnostic) -> Iterator[str]:
    for language in Language:
        translate = translator(language)
        message = diagnostic.message.say(translate)
        mend = f" - {diagnostic.help.say(translate)}" if diagnostic.help else ""
        yield f"{message}{mend}"


def main(arguments: list[str]) -> int:
    """Write the page, or say whether it is in step."""
    old = PAGE.read_text(encoding="utf-8")
    new = Document.read(old).written()
    if arguments == ["check"]:
        return int(new != old)
    PAGE.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
