"""Asking about tasks that seem to have got another id: nothing is dropped and made anew in silence."""

from collections.abc import Iterable

from plan_definitions.diagnostics import Phrase
from workflows.cli import consent, output
from workflows.cli.session import Session
from workflows.engine.renames import LikelyRename


def same_work(found: Iterable[LikelyRename], session: Session, *, yes: bool) -> dict[str, str]:
    """Which of them are the same work under a new id: new id to old id.

    Asks on a terminal. With `yes` the plan is taken at its word, and what that means is said. Leaves with
    exit code 1 where nobody can be asked.
    """
    renamed: dict[str, str] = {}
    asked = consent.asks_people() and not yes
    for each in found:
        values = {"old": each.old, "new": each.new, "title": each.title}
        seems = Phrase("task `{old}` is gone, and `{new}` looks like it: {title}", values)
        output.warn(seems.say(session.translate))
        if asked and consent.agreed(
            Phrase("Is it the same work, with its progress and history? (y/n)"), session
        ):
            renamed[each.new] = each.old
            mend = Phrase(
                "write `was: {old}` under `{new}` in the plan, so that the file says so too", values
            )
        else:
            mend = Phrase(
                "if it is the same work, write `was: {old}` under `{new}`: its progress is kept", values
            )
        output.warn(f"  {mend.say(session.translate)}")
    if not asked and not yes:
        consent.leave(Phrase("Nothing was changed. Add --yes if these are different tasks."), session)
    return renamed
