"""Help and usage mistakes in the language of the call, where typer knows English only."""

import re
import shutil
import textwrap
from collections.abc import Iterable, Iterator
from datetime import date
from enum import Enum
from importlib import import_module
from typing import Any, Literal, get_args, get_origin

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from plan_definitions.diagnostics import Phrase, did_you_mean
from workflows.cli.session import Session
from workflows.cli.verbs import VERBS, Verb
from workflows.errors import WrongUse
from workflows.texts import N_, Translate

_WIDEST_LINE = 100
_WIDEST_NAME = 30

_USAGE, _ERROR, _EXAMPLE, _VERBS = N_("Usage"), N_("Error"), N_("Example"), N_("Verbs")

_TYPERS_OWN = (N_("Show this message and exit."),)
"""Words that reach our help through typer."""

_PLACEHOLDERS = frozenset(
    {
        N_("ADDRESS"), N_("ANCHOR"), N_("ASSIGNMENT"), N_("CONTACT"), N_("DATE"), N_("DIR"), N_("FILE"),
        N_("ID"), N_("NAME"), N_("NEW"), N_("NUMBER"), N_("OFFICE"), N_("OLD"), N_("OPTIONS"), N_("PATH"),
        N_("PLAN"), N_("RECORD"), N_("SCOPE"), N_("SHARE"), N_("STATE"), N_("TEXT"), N_("TITLE"), N_("UNIT"),
        N_("VERB"), N_("WHO"), N_("WORD"), N_("YEAR"),
    }
)  # fmt: skip
"""Words that stand for what the caller writes."""

_PLACEHOLDER = re.compile(r"[A-Z]{2,}")
_EXTRA = re.compile(r"Got unexpected extra arguments? ?\(?s?\)? ?\((.*)\)")
_KIND = re.compile(r" <(str|path|int|int range)>$")
"""How typer shows what kind of value is wanted where no word stands for it."""


class VerbCommand(TyperCommand):
    """A verb whose help speaks the language of the session; message ids stand in the code."""

    def get_help(self, ctx: Any) -> str:
        """Usage, what it does, arguments, options, and the example that the table of verbs gives."""
        translate = Session.of(ctx).translate
        verb = _verb(ctx)
        about = (verb.summary, verb.detail) if verb else (self.help or "",)
        parts = [
            usage(self, ctx, translate),
            *_paragraphs(about, translate),
            *_parameters(self, ctx, translate),
        ]
        if verb is not None:
            parts.append(f"{translate(_EXAMPLE)}:\n  {verb.example}")
        return "\n\n".join(parts)


class VerbGroup(TyperGroup):
    """`dondoc` itself, or a verb with verbs of its own: lists what it has without importing it."""

    def get_help(self, ctx: Any) -> str:
        """Usage, what it is, the verbs, the options."""
        translate = Session.of(ctx).translate
        verb = _verb(ctx)
        about = (verb.summary, verb.detail) if verb else (self.help or "",)
        names = [(name, translate(_summary(ctx, name, c))) for name, c in self.commands.items()]
        parts = [usage(self, ctx, translate), *_paragraphs(about, translate)]
        parts.append(_section(translate(_VERBS), names))
        parts += _parameters(self, ctx, translate)
        if verb is not None:
            parts.append(f"{translate(_EXAMPLE)}:\n  {verb.example}")
        return "\n\n".join(parts)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The verb that is called. Raises WrongUse for one that does not exist."""
        if args[0] not in self.commands and not args[0].startswith("-"):
            mend = did_you_mean(args[0], self.commands) or _more(ctx)
            raise WrongUse("there is no verb {name}", mend, name=args[0])
        return super().resolve_command(ctx, args)


class LazyGroup(VerbGroup):
    """The verbs of the table, each imported when it is called."""

    def __init__(self, **values: Any) -> None:
        verbs = {name: verb for name, verb in VERBS.items() if " " not in name}
        listed = {name: TyperCommand(name, short_help=verb.summary) for name, verb in verbs.items()}
        super().__init__(**{**values, "commands": listed})

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The verb that is called, now really loaded."""
        name, listed, rest = super().resolve_command(ctx, args)
        return (name, listed, rest) if name is None else (name, load_verb(name), rest)


def load_verb(name: str) -> VerbCommand | VerbGroup:
    """Import a verb and make it a command."""
    module = import_module(VERBS[name].module(name))
    app: typer.Typer | None = getattr(module, "app", None)
    if app is None:
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command(name, cls=VerbCommand)(getattr(module, name.replace("-", "_")))
    command = get_command(app)
    if not isinstance(command, VerbCommand | VerbGroup):
        raise TypeError(f"{name} speaks no Vietnamese: its app must use VerbGroup and VerbCommand")
    command.name = name
    return command


def _verb(ctx: Any) -> Verb | None:
    """What the table says of a call: `dondoc outbox show` stands there as `outbox show`."""
    return VERBS.get(ctx.command_path.partition(" ")[2])


def _summary(ctx: Any, name: str, command: Any) -> str:
    verb = VERBS.get(f"{ctx.command_path} {name}".partition(" ")[2])
    return verb.summary if verb else str(command.get_short_help_str(200))


def usage(command: TyperCommand | TyperGroup, ctx: Any, translate: Translate) -> str:
    """`Usage: dondoc check [OPTIONS] PLAN`, the words in capitals in the language too."""
    arguments = [p for p in command.get_params(ctx) if p.param_type_name == "argument"]
    pieces = ["[OPTIONS]", *(_shown_name(p) if p.required else f"[{_shown_name(p)}]" for p in arguments)]
    if isinstance(command, TyperGroup):
        pieces.append("VERB ...")
    return f"{translate(_USAGE)}: {ctx.command_path} {_placed(' '.join(pieces), translate)}"


def explain(mistake: typer.TyperException, translate: Translate) -> str:
    """What is wrong with a call, with the usage and how to learn more."""
    ctx = getattr(mistake, "ctx", None)
    lines = [f"{translate(_ERROR)}: {_wording(mistake, translate)}"]
    if ctx is not None:
        lines.insert(0, usage(ctx.command, ctx, translate))
        lines.append(_more(ctx).say(translate))
    return "\n".join(lines)


def _more(ctx: Any) -> Phrase:
    return Phrase("`{command} --help` says more.", {"command": ctx.command_path})


def _wording(mistake: Any, translate: Translate) -> str:
    """The mistake in words of ours; anything rare comes in typer's own."""
    parameter = getattr(mistake, "param", None)
    match type(mistake).__name__:
        case "NoSuchOption":
            known = [name for p in mistake.ctx.command.get_params(mistake.ctx) for name in p.opts]
            near = did_you_mean(mistake.option_name, known)
            said = Phrase("there is no option {name}", {"name": mistake.option_name}).say(translate)
            return said if near is None else f"{said}; {near.say(translate)}"
        case "BadOptionUsage":  # typer tells the two apart in its words only
            flag = "does not take" in mistake.message
            said = N_("{name} takes no value") if flag else N_("{name} wants a value")
            return Phrase(said, {"name": mistake.option_name}).say(translate)
        case "MissingParameter" if parameter is not None:
            return Phrase("{name} is missing", {"name": _name(parameter, translate)}).say(translate)
        case "NoSuchDay" if parameter is not None:
            values = {"name": _name(parameter, translate), "day": mistake.message}
            return Phrase("{name}: there is no day {day}", values).say(translate)
        case "BadParameter" if parameter is not None and (wanted := _wanted(parameter)) is not None:
            values = {"name": _name(parameter, translate), "expected": wanted}
            return Phrase("{name} must be {expected}", values).say(translate)
        case "BadParameter" if parameter is not None:
            values = {"name": _name(parameter, translate), "reason": mistake.message}
            return Phrase("{name} is wrong: {reason}", values).say(translate)
        case _ if (extra := _EXTRA.fullmatch(mistake.format_message())) is not None:
            return Phrase("more was given than is taken: {words}", {"words": extra[1]}).say(translate)
        case _:
            return str(mistake.format_message())


def _wanted(parameter: Any) -> Phrase | None:
    """What values a parameter takes, where that can be said in our words."""
    kind = parameter.type_descriptor.annotation
    if kind is date:
        return Phrase("a date like 2026-06-10")
    if kind is int and parameter.max is not None:
        return Phrase("a whole number from {low} to {high}", {"low": parameter.min, "high": parameter.max})
    if kind is int:
        return Phrase("a whole number")
    if kind is float:
        values = {"low": f"{parameter.min:g}", "high": f"{parameter.max:g}"}
        return Phrase("a number from {low} to {high}", values)
    if get_origin(kind) is Literal:
        return Phrase("one of: {known}", {"known": get_args(kind)})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return Phrase("one of: {known}", {"known": tuple(member.value for member in kind)})
    return None


def _name(parameter: Any, translate: Translate) -> str:
    return _placed(_shown_name(parameter), translate)


def _placed(text: str, translate: Translate) -> str:
    """The text with the words that stand for something in the language."""
    return _PLACEHOLDER.sub(lambda word: translate(word[0]) if word[0] in _PLACEHOLDERS else word[0], text)


def _first_column(parameter: Any, shown: str, translate: Translate) -> str:
    """An argument's or option's name; a number is told from a text, nothing else of typer's kinds."""
    if parameter.param_type_name == "argument":
        return _name(parameter, translate)
    kinds = {"int": " NUMBER", "int range": " NUMBER"}
    return _placed(_KIND.sub(lambda kind: kinds.get(kind[1], " TEXT"), shown), translate)


def _shown_name(parameter: Any) -> str:
    if parameter.param_type_name == "option":
        return str(parameter.opts[0])
    return str(parameter.metavar or parameter.name.upper())


def _paragraphs(texts: Iterable[str], translate: Translate) -> Iterator[str]:
    for text in texts:
        if text:
            yield textwrap.fill(translate(text), _line(), initial_indent="  ", subsequent_indent="  ")


def _parameters(command: TyperCommand | TyperGroup, ctx: Any, translate: Translate) -> Iterator[str]:
    for kind, heading in (("argument", N_("Arguments")), ("option", N_("Options"))):
        rows = [
            (
                _first_column(parameter, record[0], translate),
                translate(getattr(parameter, "help", None) or ""),
            )
            for parameter in command.get_params(ctx)
            if parameter.param_type_name == kind and (record := parameter.get_help_record(ctx)) is not None
        ]
        if rows:
            yield _section(translate(heading), rows)


def _section(heading: str, rows: list[tuple[str, str]]) -> str:
    """A heading and two columns; a long name stands on a line of its own."""
    column = min(max(len(name) for name, _ in rows), _WIDEST_NAME) + 4
    lines = [f"{heading}:"]
    for name, text in rows:
        wrapped = textwrap.wrap(text, _line() - column) or [""]
        if len(name) + 4 > column:
            lines.append(f"  {name}")
        else:
            lines.append(f"  {name}".ljust(column) + wrapped.pop(0))
        lines += [" " * column + rest for rest in wrapped]
    return "\n".join(line.rstrip() for line in lines)


def _line() -> int:
    return min(shutil.get_terminal_size().columns, _WIDEST_LINE)
