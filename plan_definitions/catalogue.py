"""Every diagnostic code and its rule, for docs/diagnostics.md; nothing else reads this.

A rule that a check of its own keeps is that check's docstring; what the readers refuse on their way is worded
here. A test compares the codes with those in the sources.
"""

from __future__ import annotations

from collections.abc import Mapping
from inspect import getdoc
from types import MappingProxyType

from plan_definitions import name_checks, order_checks, people_checks
from plan_definitions.checks import Rule
from plan_definitions.dates import MAX_OCCURRENCES
from plan_definitions.expressions import MAX_LENGTH, MAX_STEPS
from plan_definitions.forms import MAX_AMOUNT, MAX_IDENTIFIER
from plan_definitions.source import MAX_BYTES
from plan_definitions.yaml_nodes import ALIASED_NODES_PER_NODE, FREE_ALIASED_NODES, MAX_DEPTH

_FILES: Mapping[str, str | Rule] = {
    "missing-file": "Every file that the plan names is there.",
    "path-outside": "The files that a plan names lie in its folder or below.",
    "unreadable-file": "A file that the plan names can be opened and read.",
    "too-large": f"A file has at most {MAX_BYTES // 1024 // 1024} MB.",
    "not-utf-8": "Files are UTF-8 text; a byte order mark is passed over.",
    "empty-file": "A file says something.",
}

_YAML: Mapping[str, str | Rule] = {
    "yaml-syntax": "The text is YAML. The parser stops at the first broken line of a file.",
    "tab": "Lines are indented with spaces: a tab outside a comment is refused, once a file.",
    "control-character": "Texts hold no control characters and no direction overrides.",
    "duplicate-key": "A key stands once in its mapping; other YAML programs drop the first silently.",
    "unknown-key": "Only the keys of the language may stand; the nearest one is suggested.",
    "missing-key": "Keys that every record of the kind has are there.",
    "key-not-text": "A key is a word, never a list or a mapping.",
    "wrong-shape": "A list, a mapping or a single value stands where one is meant.",
    "empty-value": "A key that is written has a value.",
    "several-documents": "A file holds one YAML document.",
    "yaml-tag": "Tags such as `!!python/object` are not part of the language.",
    "duplicate-anchor": "A YAML anchor `&name` is set once.",
    "unknown-alias": "An alias `*name` follows the anchor `&name` that it repeats.",
    "merge-not-mapping": "`<<` takes over the keys of a mapping.",
    "too-many-aliases": (
        f"Aliases unfold to at most {FREE_ALIASED_NODES} values and {ALIASED_NODES_PER_NODE} times what is "
        "written, so that a short file cannot fill the memory."
    ),
    "too-deep": f"Lists and mappings nest at most {MAX_DEPTH} levels deep.",
}

_VALUES: Mapping[str, str | Rule] = {
    "format-version": "`format` is the version of the language that this program reads.",
    "identifier": (
        "An identifier is lower-case ASCII words joined by `-`, with a letter among them, of at most "
        f"{MAX_IDENTIFIER} characters."
    ),
    "not-text": "A text that YAML takes for another type (`on`, `12:30`, `2026`) stands in quotes.",
    "text-not-one-line": "Titles and names stand on one line; only `note` may run over several.",
    "flag": "A flag is `true` or `false`.",
    "unknown-word": "Where a choice is meant, one of its words stands.",
    "amount": "Counts and sums are whole numbers in plain digits, without points, blanks or leading zeros.",
    "negative": "Counts and sums are zero or more.",
    "amount-too-large": f"No count or sum is above {MAX_AMOUNT}.",
    "threshold": "`complete_when` is `all`, a percentage from 1% to 100%, or a count.",
    "clause-number": "A clause is numbered as the document counts it: `V.1.3`.",
    "email": "An address has one @ and a domain.",
    "phone": "A telephone number is digits, with blanks, dots, dashes or brackets, perhaps a leading +.",
    "reversed-dates": "A period ends on or after its first day.",
}

_DATES: Mapping[str, str | Rule] = {
    "date-form": "A day is written year-month-day, `2026-06-01`; the day meant is suggested.",
    "no-such-date": "A day exists and lies in a year that can be meant.",
    "date-expression": "A date is a name or a day, perhaps with a distance: `launch - 7 working days`.",
    "unknown-anchor": "A date is measured from an anchor or a task of this plan.",
    "undated-task": "A task that a date is measured from has a due date.",
    "date-cycle": "Dates are not measured from each other in a circle.",
    "date-out-of-range": "Dates lie in the years whose holidays are known.",
    "distance": "A distance is a number of days, working days or weeks; rungs count working days.",
    "zero-distance": "A distance is at least one; none is left out.",
    "distance-too-large": f"A distance is at most {MAX_STEPS}.",
    "reminder": "A reminder is `on the day` or `N working days before`.",
    "repeat": "A repeat names its days and both bounds: `every friday from opens to closes`.",
    "weekday": "A day of the week is its English name in lower case.",
    "out-of-range": "Weeks count from 1 to 52, days of a month from 1 to 31.",
    "too-long": f"A date, distance or repeat has at most {MAX_LENGTH} characters.",
    "empty-repeat": "At least one such day lies between the bounds of a repeat.",
    "too-many-occurrences": f"A task repeats at most {MAX_OCCURRENCES} times.",
    "repeat-with-date": "A repeated task takes its dates from `repeat`, not from `due` or `start`.",
    "left-out-occurrence": order_checks.left_out_occurrences,
    "duplicate-day": "A day stands once in the calendar.",
    "unvouched-year": order_checks.unvouched_years,
    "needless-make-up-day": order_checks.needless_make_up_days,
}

_ORDER: Mapping[str, str | Rule] = {
    "no-tasks": "A plan holds at least one task.",
    "missing-due": order_checks.missing_dates,
    "no-dates": order_checks.plan_without_dates,
    "due-before-start": order_checks.due_before_start,
    "due-before-predecessor": order_checks.due_before_predecessor,
    "self-dependency": order_checks.cycles,
    "cycle": order_checks.cycles,
    "double-dependency": order_checks.double_dependencies,
    "was-taken": "`was` names an id that no task of the plan has, and no two tasks name the same one.",
    "rung-order": "Each rung of a ladder comes later than the one before.",
}

_NAMES: Mapping[str, str | Rule] = {
    "unknown-task": name_checks.unknown_tasks,
    "unknown-unit": name_checks.unknown_units,
    "unknown-group": name_checks.unknown_groups,
    "group-as-lead": name_checks.unknown_groups,
    "unit-as-group": name_checks.unknown_groups,
    "unknown-role": name_checks.unknown_roles,
    "unknown-ladder": name_checks.unknown_ladders,
    "unknown-clause": name_checks.unknown_clauses,
    "unknown-contact": "`substitute` names another contact of the same unit.",
    "duplicate-name": "A unit and a group, or a task and an anchor, never share a name.",
    "duplicate-contact": "The contacts of one unit have different ids.",
    "names-itself": "A unit gets no copy of its own letters.",
    "via-loop": "`via` leads to a unit that is reached by itself in the end.",
    "group-cycle": "Groups may hold groups, but not each other in a circle.",
    "empty-group": "A group has at least one member.",
}

_PEOPLE: Mapping[str, str | Rule] = {
    "unusable-channel": people_checks.unreachable_units,
    "threshold-above-members": people_checks.thresholds,
    "not-same-unit": people_checks.same_units,
    "self-acceptance": people_checks.self_acceptance,
    "acceptance-of-request": people_checks.acceptance_of_requests,
    "uncovered-clause": people_checks.uncovered_clauses,
    "missing-default-ladder": people_checks.missing_ladder,
}

CHAPTERS: Mapping[str, Mapping[str, str | Rule]] = MappingProxyType(
    {
        "Files": _FILES,
        "YAML and keys": _YAML,
        "Values": _VALUES,
        "Dates": _DATES,
        "Tasks and their order": _ORDER,
        "Names": _NAMES,
        "People": _PEOPLE,
    }
)
"""The rules by code, in the chapters of the document."""


def rule_of(rule: str | Rule) -> str:
    """The sentence of a rule, on one line."""
    text = rule if isinstance(rule, str) else getdoc(rule) or ""
    return " ".join(text.split())
