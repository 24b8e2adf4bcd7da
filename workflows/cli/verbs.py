"""The verbs of the command, in the order in which its help lists them.

A verb `next-year` lives in the module `next_year` of this room, as a function of that name, or as `app`
where it has verbs of its own. Modules are imported when their verb is called, not before.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from workflows.texts import N_

_PLAN = "plan_definitions/kim_thanh/thang_hanh_dong_vi_tre_em_2026.yaml"


class Verb(NamedTuple):
    """What help says of a verb: a line in the list, a paragraph, and a call to copy."""

    summary: str
    detail: str
    example: str

    def module(self, name: str) -> str:
        """The full name of the module that holds the verb."""
        return f"workflows.cli.{name.replace('-', '_')}"


VERBS: Mapping[str, Verb] = MappingProxyType(
    {
        "check": Verb(
            N_("Show every mistake of a plan."),
            N_(
                "Reads the plan and the files it names, and shows every mistake where it stands. "
                "Stores nothing. Exit code 1 when there is a mistake."
            ),
            f"dondoc check {_PLAN}",
        ),
        "show": Verb(
            N_("Show a plan's tasks, owners and dates."),
            N_(
                "Works out every date and shows who does what by when, which tasks have no slack, what the "
                "plan costs and which clauses of the document nobody carries. Stores nothing."
            ),
            f"dondoc show {_PLAN} --unit health",
        ),
    }
)
