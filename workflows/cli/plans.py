"""Plan files as verbs take them."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from plan_definitions.diagnostics import Diagnostic, Severity
from plan_definitions.load import LoadedPlan, load_plan
from plan_definitions.model import PlanDefinition
from plan_definitions.schedule import Schedule
from workflows.errors import PlanRejected, WrongUse, system_reason


class AcceptedPlan(NamedTuple):
    """A plan without errors; `warnings` are what the checks still had to say, `sources` its files' texts."""

    definition: PlanDefinition
    schedule: Schedule
    warnings: tuple[Diagnostic, ...]
    sources: Mapping[str, str]


def read_plan_file(path: Path) -> LoadedPlan:
    """The plan, or its mistakes. Raises WrongUse where the file itself cannot be opened."""
    try:
        return load_plan(path)
    except OSError as error:
        raise WrongUse(
            "the plan file {path} cannot be opened: {reason}", path=path, reason=system_reason(error)
        ) from error


def accepted_plan(path: Path) -> AcceptedPlan:
    """The plan of a file. Raises WrongUse, or PlanRejected with all of its mistakes."""
    loaded = read_plan_file(path)
    if loaded.definition is None or loaded.schedule is None:
        raise PlanRejected(loaded.diagnostics, loaded.sources)
    return AcceptedPlan(loaded.definition, loaded.schedule, loaded.diagnostics, loaded.sources)


def has_errors(loaded: LoadedPlan) -> bool:
    """Whether a plan is refused."""
    return any(diagnostic.severity is Severity.ERROR for diagnostic in loaded.diagnostics)
