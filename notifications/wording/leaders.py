"""What a leader reads: the facts to decide on late work, and reports that wait for acceptance."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from notifications.blocks import (
    Block,
    Button,
    Buttons,
    Entry,
    Fact,
    Heading,
    Paragraph,
    Tone,
    Unsaid,
)
from notifications.letters import Action, Letter, Links, Slot, slot_of
from notifications.parts import Attempt, Case, Leadership
from notifications.speech import Speech
from notifications.wording.items import LONGEST_TITLE, title
from notifications.work import Item

MOST_UNITS = 4
MOST_AFFECTED = 5


def _cases(parts: Sequence[Leadership]) -> list[Case]:
    return [case for part in parts for case in part.cases]


def subject(parts: Sequence[Leadership], speech: Speech) -> str:
    """One late task is named; several, or reports to accept, go under the plan."""
    cases = _cases(parts)
    if len(cases) == 1:
        return speech.say("For your decision: {title}", title=cases[0].title[:LONGEST_TITLE])
    if cases:
        return speech.say("For your decision - {plan}", plan=parts[0].plan.title)
    return speech.say("For your acceptance - {plan}", plan=parts[0].plan.title)


def preview(parts: Sequence[Leadership], speech: Speech) -> str:
    """How many matters, in how many units."""
    cases, waiting = _cases(parts), sum(len(part.to_accept) for part in parts)
    counts = []
    if cases:
        units = {item.unit for case in cases for item in case.late}
        across = speech.plural("{n} unit", "{n} units", len(units))
        counts.append(
            speech.plural(
                "{n} matter to decide, {units}", "{n} matters to decide, {units}", len(cases), units=across
            )
        )
    if waiting:
        counts.append(speech.plural("{n} report to accept", "{n} reports to accept", waiting))
    return f"{', '.join(counts)}."


def blocks(
    letter: Letter, part: Leadership, links: Links | None, speech: Speech, *, alone: bool
) -> Iterator[Block | Unsaid]:
    """Each case with its four facts and three answers, then what waits for acceptance."""
    if not alone:
        yield Heading(part.plan.title)
    if part.cases:
        yield Paragraph(reported(letter, part, speech))
    for number, case in enumerate(part.cases, 1):
        yield from _case(letter, case, number, links, speech)
    if part.to_accept:
        if part.cases:
            yield Heading(speech.say("Reports that wait for your acceptance"))
        else:
            yield Paragraph(_submitted(letter, part, speech))
        for number, item in enumerate(part.to_accept, len(part.cases) + 1):
            yield Unsaid(partial(_to_accept, item, number, links, speech))


def reported(letter: Letter, part: Leadership, speech: Speech) -> str:
    """Who reports, and how many matters."""
    return speech.plural(
        "{office} respectfully reports {n} matter that needs your decision:",
        "{office} respectfully reports {n} matters that need your decision:",
        len(part.cases),
        office=letter.sender.name,
    )


def _submitted(letter: Letter, part: Leadership, speech: Speech) -> str:
    return speech.plural(
        "{office} respectfully submits {n} report for your acceptance:",
        "{office} respectfully submits {n} reports for your acceptance:",
        len(part.to_accept),
        office=letter.sender.name,
    )


def slot_of_case(action: Action, case: Case) -> Slot:
    """The place for a leader's link: who answers does so as a leader, not for the late unit."""
    return slot_of(action, case.late[0])._replace(unit=None)


def _case(letter: Letter, case: Case, number: int, links: Links | None, speech: Speech) -> Iterator[Block]:
    longest = max((item.late for item in case.late), default=0)
    late = speech.plural("{n} working day overdue.", "{n} working days overdue.", longest)
    yield Entry(number, case.title[:LONGEST_TITLE], late, Tone.LATE)
    yield Fact(speech.say("Situation"), situation(case, speech))
    before = [t for t in case.tried if t.what is not Attempt.REPORTED or t.on < letter.as_of]
    # Today's report to the leadership is this letter itself.
    yield Fact(speech.say("Done so far"), tried(replace(case, tried=tuple(before)), speech))
    yield Fact(speech.say("Consequence"), affected(case, speech))
    yield Fact(speech.say("Proposal of {office}", office=letter.sender.short), proposal(case, speech))
    if links is None:
        return

    def answer(action: Action) -> str:
        return links(slot_of_case(action, case))

    agree = [Button(speech.say("Agree to the proposal"), answer(Action.AGREE), primary=True)]
    otherwise = speech.say("Decide otherwise") if case.proposed else speech.say("Give your decision")
    yield Buttons(
        (
            *(agree if case.proposed else []),
            Button(otherwise, answer(Action.OTHERWISE)),
            Button(speech.say("Ask {office} to call", office=letter.sender.short), answer(Action.CALL_BACK)),
        )
    )


def situation(case: Case, speech: Speech) -> str:
    """How many are done, and who is late by how much; units that are alike share a clause."""
    alike: dict[tuple[date | None, int], list[Item]] = {}
    for item in case.late:
        alike.setdefault((item.due, item.late), []).append(item)
    said = []
    for (due, late), group in alike.items():
        units = speech.all_of((item.unit_name for item in group), MOST_UNITS)
        day = speech.day_month(due) if due is not None else ""
        said.append(
            speech.plural(
                "{units} without a result, {n} working day overdue (due {day})",
                "{units} without a result, {n} working days overdue (due {day})",
                late,
                units=units,
                day=day,
            )
        )
    late_units = "; ".join(said)
    if case.members <= 1:
        return f"{late_units}."
    done = speech.count(case.done)
    return speech.say(
        "{done} of {members} units are done; {late_units}.",
        done=done,
        members=speech.count(case.members),
        late_units=late_units,
    )


def tried(case: Case, speech: Speech) -> str:
    """Reminders, calls and meetings by their days; that a difficulty was reported; who has not answered."""
    said = []
    for attempt in Attempt:
        days = [speech.day_month(t.on) for t in case.tried if t.what is attempt]
        if days:
            said.append(_attempt(attempt, speech.all_of(days), speech))
    stuck = [item.unit_name for item in case.late if item.obstacle]
    if stuck:
        said.append(
            speech.say(
                "{units} reported a difficulty (see the page of the work)",
                units=speech.all_of(stuck, MOST_UNITS),
            )
        )
    if case.silent:
        said.append(speech.say("{units} not heard from yet", units=speech.all_of(case.silent, MOST_UNITS)))
    return _sentence(said) if said else speech.say("Nothing is recorded yet.")


def _attempt(attempt: Attempt, days: str, speech: Speech) -> str:
    match attempt:
        case Attempt.REMINDED:
            return speech.say("reminded on {days}", days=days)
        case Attempt.PHONED:
            return speech.say("telephoned on {days}", days=days)
        case Attempt.MET:
            return speech.say("met on {days}", days=days)
        case Attempt.MESSAGED:
            return speech.say("sent a message on {days}", days=days)
        case Attempt.REPORTED:
            return speech.say("reported to the leadership on {days}", days=days)


def _sentence(parts: Sequence[str]) -> str:
    joined = "; ".join(parts)
    return f"{joined[:1].upper()}{joined[1:]}."


def affected(case: Case, speech: Speech) -> str:
    """Tasks and dates at risk."""
    if not case.affected:
        return speech.say("No other work is held up so far.")
    slips = [
        speech.say(
            "{title} (due {due}, now expected {expected})",
            title=slip.title, due=speech.day_month(slip.due), expected=speech.day_month(slip.expected),
        )
        for slip in case.affected[:MOST_AFFECTED]
    ]  # fmt: skip
    more = len(case.affected) - len(slips)
    if more > 0:
        slips.append(speech.say("and {n} more", n=speech.count(more)))
    return f"{'; '.join(slips)}."


def proposal(case: Case, speech: Speech) -> str:
    """The office's word, or that it asks for guidance; its grounds stay on the page of the work."""
    if not case.proposed:
        return speech.say("None yet; your guidance is respectfully asked for.")
    if case.proposed_until is None:
        return speech.say("Stands on the page of the work.")
    return speech.say(
        "A new date, {day}; the grounds stand on the page of the work.", day=speech.day(case.proposed_until)
    )


def _to_accept(item: Item, number: int, links: Links | None, speech: Speech) -> Entry:
    waits = speech.plural("Waiting for {n} working day.", "Waiting for {n} working days.", item.waiting_days)
    buttons: tuple[Button, ...] = ()
    if links is not None:
        buttons = (Button(speech.say("Look and accept"), links(slot_of(Action.CHECK, item)), primary=True),)
    lead = speech.say("{unit} leads.", unit=item.unit_name)
    return Entry(number, title(item, speech), waits, Tone.PLAIN, (lead,), buttons)
