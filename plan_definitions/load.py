"""Loading a plan: read its files, check it, work out its dates; a plan or all of its mistakes, in one run."""

import gc
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from plan_definitions import checks, scheduling
from plan_definitions.dates import resolve_dates
from plan_definitions.diagnostics import Diagnostic, Phrase, Report, Severity, did_you_mean
from plan_definitions.model import Name, PlanDefinition
from plan_definitions.read import read_plan
from plan_definitions.schedule import Schedule
from plan_definitions.source import MAX_BYTES, NotUtf8Error, Place, SourceFile, TooLargeError
from plan_definitions.working_days import WorkingCalendar
from plan_definitions.yaml_nodes import Node, read_nodes


@dataclass(frozen=True, slots=True)
class LoadedPlan:
    """What came of a plan file: definition and schedule, or (both None) the errors that refuse it.

    `diagnostics` stand in the order of the files and of their lines; warnings come with a plan as well.
    `sources` maps each file's name, as the diagnostics show it, to its text.
    """

    definition: PlanDefinition | None
    schedule: Schedule | None
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str]


def load_plan(path: Path, unsaved: Mapping[Path, bytes] = MappingProxyType({})) -> LoadedPlan:
    """Read, check and date the plan in a file and the files it names.

    `unsaved` are files as they would be written: they are read in place of what stands on the disk. Never
    raises for what the files hold; raises FileNotFoundError, or another OSError, for the plan file.
    """
    with _collector_paused():
        files, report = PlanFiles(path, unsaved), Report()
        definition = _read(files, report)
        found = list(report.diagnostics)
        schedule = None
        if definition is not None:
            calendar = WorkingCalendar(definition.calendar)
            unread = frozenset(report.unread)
            dates = resolve_dates(definition, calendar, unread)
            found += checks.check(definition, unread, calendar, dates)
            if any(diagnostic.severity is Severity.ERROR for diagnostic in found):
                definition = None
            else:
                schedule = scheduling.schedule(definition, calendar, dates)
        return LoadedPlan(definition, schedule, files.in_order(found), files.texts)


def _read(files: "PlanFiles", report: Report) -> PlanDefinition | None:
    nodes = files.plan_nodes(report)
    return None if nodes is None else read_plan(nodes, files, report)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Without the cycle collector: a big plan is a million small objects, none of them in a cycle."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _is_file(path: Path) -> bool:
    """Whether a file is there; raises OSError where that cannot be found out."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


@dataclass
class PlanFiles:
    """The plan file and the files it names, which lie in its folder or below."""

    path: Path
    unsaved: Mapping[Path, bytes] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def plan_nodes(self, report: Report) -> Node | None:
        """The nodes of the plan file; raises OSError where it cannot be opened."""
        return self._parsed(self.path, str(self.path), report)

    def nodes(self, name: Name, report: Report) -> Node | None:
        """The nodes of a file that the plan names, or None and why in the report."""
        path = self.path.parent / name.text
        folder = self.path.parent.resolve()
        try:
            if not path.resolve().is_relative_to(folder):
                message = Phrase("`{path}` leads out of the plan's folder", {"path": name.text})
                report.error("path-outside", name.place, message, Phrase("put the file beside the plan"))
                return None
            if path not in self.unsaved and not _is_file(path):
                message = Phrase("there is no file `{path}`", {"path": name.text})
                report.error("missing-file", name.place, message, did_you_mean(name.text, self._beside()))
                return None
            return self._parsed(path, str(path), report)
        except (OSError, ValueError, RuntimeError):
            # Too long a name, a circle of links, no permission.
            message = Phrase("the file `{path}` cannot be read", {"path": name.text[:80]})
            report.error("unreadable-file", name.place, message)
            return None

    def _beside(self) -> list[str]:
        """The files that may have been meant; raises OSError where the folder cannot be listed."""
        folder = self.path.parent
        unsaved = [path for path in self.unsaved if path.parent == folder]
        return sorted(path.name for path in (*unsaved, *folder.glob("*.y*ml")) if path != self.path)

    def _parsed(self, path: Path, name: str, report: Report) -> Node | None:
        self.texts[name] = ""
        try:
            data = self.unsaved.get(path)
            source = SourceFile.read(path, name) if data is None else SourceFile.decode(data, name)
        except TooLargeError:
            message = Phrase("the file is larger than {limit} MB", {"limit": MAX_BYTES // 1024 // 1024})
            report.error("too-large", Place(name, 1, 1, 2), message)
            return None
        except NotUtf8Error as error:
            message = Phrase("the file is not UTF-8 text")
            utf_16 = Phrase("it looks like UTF-16; save it as UTF-8")
            mend = utf_16 if error.utf_16 else Phrase("save it as UTF-8")
            report.error("not-utf-8", error.place, message, mend)
            return None
        self.texts[name] = source.text
        return read_nodes(source, report)

    def in_order(self, diagnostics: list[Diagnostic]) -> tuple[Diagnostic, ...]:
        """The diagnostics by file, in the order the files were opened, then by line and column."""
        order = {name: number for number, name in enumerate(self.texts)}
        return tuple(sorted(diagnostics, key=lambda d: (order[d.place.file], *d.place[1:])))
