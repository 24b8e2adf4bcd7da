"""Subjects and preview lines: the subject stays the same through a thread, the counts go into the preview."""

from collections.abc import Callable, Iterator, Sequence

from notifications.letters import Letter, LetterKind
from notifications.parts import UnitSection, Voice
from notifications.speech import Speech
from notifications.wording.items import of_earlier_weeks
from notifications.work import Pressing
from workflows.engine.states import Standing


def unit_subject(letter: Letter, sections: Sequence[UnitSection], speech: Speech) -> str:
    """Kind, units and plan; several plans give way to the committee's name."""
    own = [section for section in sections if not section.copied] or list(sections)
    units = speech.all_of(dict.fromkeys(section.unit_name for section in own), 2)
    titles = {section.plan.title for section in sections}
    plan = titles.pop() if len(titles) == 1 else letter.sender.committee
    if letter.kind is LetterKind.PUBLICATION:
        return speech.say("Part of {units} in the plan - {plan}", units=units, plan=plan)
    if letter.kind is LetterKind.WEEKLY:
        return speech.say("Weekly summary - {units} - {plan}", units=units, plan=plan)
    if all(section.voice is Voice.REQUEST for section in own):
        return speech.say("Kindly asking for your cooperation - {plan}", plan=plan)
    return speech.say("Work of {units} - {plan}", units=units, plan=plan)


def unit_preview(letter: Letter, sections: Sequence[UnitSection], speech: Speech) -> str:
    """The counts, for the line that mail clients show beside the subject."""
    own = [section for section in sections if not section.copied]
    if letter.kind is LetterKind.PUBLICATION:
        counts = _parts_of_plan(own, speech)
    elif letter.recipient.voice is Voice.REQUEST:
        counts = _requests(letter, own, speech)
    else:
        counts = _work(letter, own, speech)
    said = ", ".join(counts)
    return f"{said[:1].upper()}{said[1:]}." if said else speech.say("For your information.")


def _parts_of_plan(own: Sequence[UnitSection], speech: Speech) -> Iterator[str]:
    led = sum(len(section.later) for section in own)
    helped = sum(len(section.helping) for section in own)
    if led:
        yield speech.plural("{n} task to lead", "{n} tasks to lead", led)
    if helped:
        yield speech.plural("{n} to help with", "{n} to help with", helped)


def _requests(letter: Letter, own: Sequence[UnitSection], speech: Speech) -> Iterator[str]:
    asked = sum(len(section.pressing) for section in own)
    if asked:
        yield speech.plural("{n} result we hope to hear of", "{n} results we hope to hear of", asked)
    week = _this_week(own, letter)
    if week:
        yield speech.plural("{n} expected this week", "{n} expected this week", week)


def _work(letter: Letter, own: Sequence[UnitSection], speech: Speech) -> Iterator[str]:
    yield from _pressing([item for section in own for item in section.pressing], speech)
    week = _this_week(own, letter)
    if week:
        yield speech.plural("{n} more due this week", "{n} more due this week", week)


def _this_week(own: Sequence[UnitSection], letter: Letter) -> int:
    listed = [item for section in own for item in section.this_week]
    return len(listed) - len(of_earlier_weeks(listed, letter.as_of))


def _pressing(attention: Sequence[Pressing], speech: Speech) -> Iterator[str]:
    """Each item is counted once, where it presses most."""
    returned, rest = _apart(attention, lambda item: item.returned)
    overdue, rest = _apart(rest, lambda item: item.standing is Standing.OVERDUE)
    today, rest = _apart(rest, lambda item: item.left == 0)
    soon, rest = _apart(rest, lambda item: item.standing is Standing.DUE_SOON)
    new, _ = _apart(rest, lambda item: item.opens)
    if returned:
        yield speech.plural("{n} to complete", "{n} to complete", len(returned))
    if overdue:
        yield _overdue(overdue, speech)
    if today:
        yield speech.plural("{n} due today", "{n} due today", len(today))
    if soon:
        nearest = min(item.due for item in soon if item.due is not None)
        yield speech.plural("{n} due {day}", "{n} due from {day} on", len(soon), day=speech.day(nearest))
    if new:
        yield speech.plural("{n} that may begin", "{n} that may begin", len(new))


def _apart(
    mixed: Sequence[Pressing], wanted: Callable[[Pressing], bool]
) -> tuple[list[Pressing], list[Pressing]]:
    return [item for item in mixed if wanted(item)], [item for item in mixed if not wanted(item)]


def _overdue(overdue: Sequence[Pressing], speech: Speech) -> str:
    longest = max(item.late for item in overdue)
    lateness = speech.plural("by {n} working day", "by {n} working days", longest)
    return speech.plural(
        "{n} overdue {lateness}", "{n} overdue, up to {lateness}", len(overdue), lateness=lateness
    )
