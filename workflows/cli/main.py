"""One call of `dondoc`: language, exit codes, and no traceback for what was to be expected."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from typer.main import get_command

from plan_definitions.diagnostics import Phrase
from workflows.cli.entry import INTERRUPTED
from workflows.cli.help import LazyGroup, explain
from workflows.cli.output import warn
from workflows.cli.session import Session
from workflows.errors import DonDocError, EnvironmentRefused, Fault, PlanRejected, WrongUse, is_disk_full
from workflows.garbage import FOR_A_CALL, few_collections, look_no_more
from workflows.texts import N_, Language, translator

_FAULT_SENTENCE = N_("a fault in the program: {reason} (--debug shows where)")

_HELP = ("-h", "--help")

app = typer.Typer(
    cls=LazyGroup,
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    context_settings={"help_option_names": [*_HELP]},
)


def _print_version(asked: bool) -> None:
    """Name and version, as the package that is installed has them."""
    if asked:
        from importlib.metadata import version

        print(f"dondoc {version('dondoc')}")
        raise typer.Exit


@app.callback(help=N_("Follows up the plan of a commune: who does what by when, and who must be asked."))
def dondoc(
    _lang: Annotated[
        Language | None, typer.Option("--lang", help=N_("Language of everything shown; also DONDOC_LANG."))
    ] = None,
    _debug: Annotated[bool, typer.Option("--debug", help=N_("Show where a failure comes from."))] = False,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help=N_("Show the version and exit.")
        ),
    ] = False,
) -> None:
    """Options that may also follow the verb: `_common` takes them out before typer sees the call."""


class _Common(NamedTuple):
    """What every verb understands, wherever in the call it stands."""

    language: Language
    debug: bool
    rest: list[str]


def main() -> None:
    """Run the command line and exit."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Vietnamese leaves a terminal of another encoding legible, never a traceback.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    with few_collections(FOR_A_CALL):
        code = run(sys.argv[1:], Path.cwd())
    look_no_more()
    sys.exit(code)


def run(arguments: Sequence[str], folder: Path) -> int:
    """Run one call in a working folder and return its exit code."""
    try:
        common = _common(arguments, folder)
    except WrongUse as error:
        warn(error.say(translator(Language.VI)))
        return error.exit_code
    session = Session(common.language, folder)
    if common.debug:
        return _call_openly(session, common.rest)
    try:
        return _call(session, common.rest)
    except DonDocError as error:
        _report(error, session)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last line of defence: a sentence instead of a traceback
        if isinstance(error, OSError) and (said := _said_by_disk(error, session)) is not None:
            warn(said)
            return EnvironmentRefused.exit_code
        fault = session.translate(_FAULT_SENTENCE)
        warn(fault.format(reason=f"{type(error).__name__}: {error}"))
        return Fault.exit_code


def _call_openly(session: Session, arguments: list[str]) -> int:
    """As `_call`, with all that is known of a fault."""
    try:
        return _call(session, arguments)
    except Fault as fault:
        raise fault.error from None


def _call(session: Session, arguments: list[str]) -> int:
    """Let typer find the verb and run it. Raises what the verb raises."""
    command: Any = get_command(app)
    try:
        code = command.main(arguments, prog_name="dondoc", standalone_mode=False, obj=session)
    except typer.Abort:
        return INTERRUPTED
    except typer.TyperException as mistake:
        is_help = type(mistake).__name__ == "NoArgsIsHelpError"
        warn(mistake.format_message() if is_help else explain(mistake, session.translate))
        return mistake.exit_code
    return code if isinstance(code, int) else 0


def _said_by_disk(error: OSError, session: Session) -> str | None:
    """No room, or no right, whatever was to be written or read, be it a log or a draft; None for others."""
    place = error.filename or session.folder
    if is_disk_full(error):
        mend = Phrase("Nothing was stored. Make room there, then do it again.")
        return EnvironmentRefused("the disk that holds {place} is full", mend, place=place).say(
            session.translate
        )
    if isinstance(error, PermissionError):
        mend = Phrase("Look at its owner and its mode, and at who runs this.")
        return EnvironmentRefused("{place} may not be read or written", mend, place=place).say(
            session.translate
        )
    return None


def _report(error: DonDocError, session: Session) -> None:
    if isinstance(error, PlanRejected):
        from plan_definitions.diagnostics import render

        warn(render(error.diagnostics, error.sources, session.translate))
    warn(error.say(session.translate))


def _common(arguments: Sequence[str], folder: Path) -> _Common:
    """Take `--lang` and `--debug` out of a call. Raises WrongUse for a language that does not exist."""
    rest: list[str] = []
    language: str | None = None
    debug = False
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word == "--debug":
            debug = True
        elif word == "--lang":
            language = next(words, "")
        elif word.startswith("--lang="):
            language = word.removeprefix("--lang=")
        else:
            rest.append(word)
    return _Common(_language(language, folder, helps=any(word in _HELP for word in rest)), debug, rest)


def _language(asked: str | None, folder: Path, *, helps: bool) -> Language:
    """The language of the call, of the environment, of the settings file; Vietnamese where none is named.

    Who only asks for help gets it, whatever is wrong with the file.
    """
    chosen = asked if asked is not None else os.environ.get("DONDOC_LANG")
    if chosen or asked is not None:
        try:
            return Language(chosen or "")
        except ValueError:
            raise WrongUse("there is no language {name}: choose vi or en", name=chosen or '""') from None
    if (folder / "dondoc.toml").exists():
        from workflows.settings import read_settings

        try:
            return read_settings(folder).lang
        except WrongUse:
            if not helps:
                raise
    return Language.VI
