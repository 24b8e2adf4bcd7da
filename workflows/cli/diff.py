"""`dondoc diff`: what changed between two plans, in words."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from plan_definitions.diagnostics import Phrase
from plan_definitions.differences import Difference, Subject, differences
from workflows.cli import output
from workflows.cli.parameters import AsJson
from workflows.cli.plans import accepted_plan
from workflows.cli.session import Session
from workflows.texts import N_, Language, date_numeric

_HEADINGS = {
    Subject.PLAN: N_("The plan itself"),
    Subject.ANCHOR: N_("Anchors"),
    Subject.TASK: N_("Tasks"),
    Subject.OWNER: N_("Who leads, helps, accepts"),
    Subject.DATE: N_("Dates"),
    Subject.ORDER: N_("What waits for what"),
    Subject.MONEY: N_("Money"),
    Subject.COUNT: N_("Indicators"),
    Subject.RULE: N_("Rules"),
    Subject.UNIT: N_("Units and contacts"),
}


def diff(
    context: typer.Context,
    old: Annotated[
        Path, typer.Argument(metavar="OLD", readable=False, help=N_("The earlier plan."), show_default=False)
    ],
    new: Annotated[
        Path, typer.Argument(metavar="NEW", readable=False, help=N_("The later plan."), show_default=False)
    ],
    as_json: AsJson = False,
) -> None:
    """Print what differs between two plans; nothing at all is said of their lines."""
    session = Session.of(context)
    found = differences(accepted_plan(old).schedule, accepted_plan(new).schedule)
    if as_json:
        output.document([_document(each, session) for each in found], session.translate)
    elif found:
        print_differences(found, session)
    else:
        output.say(Phrase("The two plans say the same."), session.translate)


def _document(difference: Difference, session: Session) -> dict[str, object]:
    return {
        "subject": difference.subject.value,
        "what": difference.what,
        "title": difference.title,
        "old": difference.old,
        "new": difference.new,
        "text": difference.text.say(session.translate),
    }


def print_differences(found: Sequence[Difference], session: Session) -> None:
    """Under a heading for each subject; a task or unit is named once for all that changed in it."""
    heading = title = None
    for each in found:
        if each.subject is not heading:
            heading, title = each.subject, None
            print(f"{session.translate(_HEADINGS[each.subject])}:")
        if each.title != title:
            title = each.title
            print(f"  {title}")
        print(f"    {_localised(each.text, session.language).say(session.translate)}")


def _localised(text: Phrase, language: Language) -> Phrase:
    values = {k: date_numeric(v, language) if isinstance(v, date) else v for k, v in text.values.items()}
    return Phrase(text.message_id, values)
