"""What the YAML parser says about broken text, in words for the person who edits it."""

import yaml
from yaml.reader import ReaderError

from plan_definitions.diagnostics import Phrase, Report
from plan_definitions.source import Place, SourceFile, split_lines

# libyaml's problem texts; each stands for what a person usually did.
_EXPLAINED = {
    "mapping values are not allowed in this context": (
        Phrase("a second `: ` on this line, or a line indented too far"),
        Phrase("put a text that holds `: ` in quotes; check the indentation"),
    ),
    "could not find expected ':'": (
        Phrase("a `:` is missing after the key"),
        Phrase("write `key: value`, with a space after the colon"),
    ),
    "did not find expected key": (
        Phrase("the indentation does not fit the lines above, or a quote or bracket is not closed"),
        Phrase("keys of one block begin in the same column"),
    ),
    "did not find expected '-' indicator": (
        Phrase("this line does not fit the list above"),
        Phrase("items of one list begin with `-` in the same column"),
    ),
    "did not find expected ',' or ']'": (
        Phrase("a list in brackets is not closed, or a comma is missing"),
        Phrase("write `[one, two]`"),
    ),
    "did not find expected ',' or '}'": (
        Phrase("a mapping in braces is not closed, or a comma is missing"),
        Phrase("write `{{key: value, key: value}}`"),
    ),
    "found unexpected end of stream": (
        Phrase("a text in quotes is not closed before the file ends"),
        Phrase("close the quote"),
    ),
    "found character that cannot start any token": (
        Phrase("this character cannot begin a value"),
        Phrase("put the text in quotes"),
    ),
    "found unknown escape character": (
        Phrase("a backslash in double quotes begins an unknown sign"),
        Phrase("use single quotes, or write two backslashes"),
    ),
    "block sequence entries are not allowed in this context": (
        Phrase("a list item cannot stand here"),
        Phrase("put `- ` on a line of its own, under its key"),
    ),
}


# Where these begin is where the mistake is; the parser notices much later.
_PLACED_WHERE_BEGUN = frozenset(
    {
        "could not find expected ':'",
        "did not find expected ',' or ']'",
        "did not find expected ',' or '}'",
        "found unexpected end of stream",
    }
)


def report_syntax_error(error: yaml.YAMLError, source: SourceFile, report: Report) -> None:
    """Report what stopped the parser; it stops at the first broken line of a file."""
    if isinstance(error, ReaderError):
        message = Phrase("a control character stands here; it is not text")
        report.error("control-character", _reader_place(error, source), message, Phrase("delete it"))
        return
    problem = str(getattr(error, "problem", None) or error)
    unexplained = Phrase("this is not YAML: {problem}", {"problem": problem})
    message, mend = _EXPLAINED.get(problem, (unexplained, None))
    report.error("yaml-syntax", _mark_place(error, source), message, mend)


def _mark_place(error: yaml.YAMLError, source: SourceFile) -> Place:
    begun, noticed = getattr(error, "context_mark", None), getattr(error, "problem_mark", None)
    mark = begun if begun and getattr(error, "problem", None) in _PLACED_WHERE_BEGUN else noticed
    if mark is None:
        return Place(source.name, 1, 1, 2)
    # The end of a file is one line past its last one; nothing could be shown there.
    line = min(mark.line + 1, len(source.lines))
    column = mark.column + 1 if line == mark.line + 1 else len(source.lines[line - 1]) + 1
    return Place(source.name, line, column, column + 1)


def _reader_place(error: ReaderError, source: SourceFile) -> Place:
    """The place of a character that libyaml refuses; it counts it in bytes of UTF-8."""
    before = source.text.encode()[: error.position].decode(errors="ignore")
    lines = split_lines(before)
    column = len(lines[-1]) + 1
    return Place(source.name, len(lines), column, column + 1)
