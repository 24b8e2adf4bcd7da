"""What units read: the daily letter, the weekly summary, their extract of a new plan."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from notifications.blocks import Block, Button, Buttons, Heading, Line, Paragraph, Unnamed, Unsaid
from notifications.letters import Action, Letter, LetterKind, Links, Sender, Slot
from notifications.parts import PlanName, Tally, UnitSection, Voice
from notifications.speech import Speech
from notifications.wording import items
from notifications.work import Item

MOST_IN_FULL = 20
"""Pieces of work with their buttons; whoever has more to do reads the rest as a list."""

MOST_HELPED = 10
"""Pieces of work that others lead, where the unit's page lists the rest."""

MOST_CLAUSES = 2
"""Clauses on which a request as a whole is based; each piece of work names its own."""


def plan_reference(plan: PlanName, speech: Speech) -> str:
    """The signed paper: by number where it has one, else by its issuer."""
    if plan.number is None:
        return speech.say("the Plan of {issuer}", issuer=plan.issuer)
    return speech.say("Plan no. {number} of {issuer}", number=plan.number, issuer=plan.issuer)


def blocks(
    letter: Letter, section: UnitSection, links: Links | None, speech: Speech, *, alone: bool
) -> Iterator[Block | Unsaid | Unnamed]:
    """One section: what presses first, then the week, then what is further away.

    The standing office is not introduced or thanked by itself.
    """
    if not alone:
        yield Heading(speech.say("{unit} - {plan}", unit=section.unit_name, plan=section.plan.title))
    if section.copied:
        yield Paragraph(speech.say("For information: what {unit} was sent.", unit=section.unit_name))
        yield from _lines((*section.attention, *section.this_week, *section.later), speech)
        yield Unnamed(len(section.more))
        yield from _news(section, speech)
        return
    yield from (Paragraph(text) for text in _opening(letter, section, speech))
    for number, item in enumerate(section.attention[:MOST_IN_FULL], 1):
        yield Unsaid(partial(items.entry, item, number, section.voice, links, speech))
    yield from _listed(speech.say("Further work"), section.attention[MOST_IN_FULL:], speech)
    yield Unnamed(len(section.more))
    yield from _lists(letter, section, links, speech)
    if (section.tally is not None or letter.kind is LetterKind.PUBLICATION) and links is not None:
        slot = Slot(Action.UNIT, section.plan.id, unit=section.unit)
        yield Buttons((Button(speech.say("All work of {unit}", unit=section.unit_name), links(slot)),))
    if section.unit != letter.sender.unit:
        yield from _farewell(letter, section, speech)


def _opening(letter: Letter, section: UnitSection, speech: Speech) -> Iterator[str]:
    """Who writes and why, and how far the unit is."""
    own_letter = section.unit == letter.sender.unit
    requested = section.voice is Voice.REQUEST and letter.kind is not LetterKind.PUBLICATION
    if requested:
        yield _thanks(letter.sender, section, speech)
    elif not own_letter:
        yield _intro(letter, section, speech)
    if section.tally is not None and section.tally.total:
        yield tally(section.tally, section.unit_name, section.voice, speech)
    if requested and section.attention:
        yield _asking(section, speech)


def _intro(letter: Letter, section: UnitSection, speech: Speech) -> str:
    if letter.kind is LetterKind.PUBLICATION:
        return _published(letter.sender, section, speech)
    office, unit, today = letter.sender.name, section.unit_name, speech.today(letter.as_of)
    if section.tally is not None:
        return speech.say(
            "{office} (the standing office) sends {unit} its weekly summary, {today}.",
            office=office, unit=unit, today=today,
        )  # fmt: skip
    if section.attention:
        return speech.say(
            "{office} (the standing office) sends {unit} the work that needs attention today, {today}:",
            office=office, unit=unit, today=today,
        )  # fmt: skip
    return speech.say(
        "{office} (the standing office) informs {unit} of the following, {today}:",
        office=office, unit=unit, today=today,
    )  # fmt: skip


def _published(sender: Sender, section: UnitSection, speech: Speech) -> str:
    paper = plan_reference(section.plan, speech)
    issued = speech.say(
        "{paper} has been issued: {plan}.", paper=paper[:1].upper() + paper[1:], plan=section.plan.title
    )
    if section.voice is Voice.REQUEST:
        asked = speech.say(
            "{office} thanks {unit} for its support and kindly asks for its cooperation in the following.",
            office=sender.name, unit=section.unit_name,
        )  # fmt: skip
    else:
        asked = speech.say(
            "{office} (the standing office) sends {unit} its part of the plan.",
            office=sender.name, unit=section.unit_name,
        )  # fmt: skip
    return f"{issued} {asked}"


def _thanks(sender: Sender, section: UnitSection, speech: Speech) -> str:
    return speech.say(
        "{office} sincerely thanks {unit} for its cooperation in {plan}.",
        office=sender.name, unit=section.unit_name, plan=section.plan.title,
    )  # fmt: skip


def _asking(section: UnitSection, speech: Speech) -> str:
    cited = dict.fromkeys(items.clause_of(item, speech.language) for item in section.attention)
    clauses = [clause for clause in cited if clause is not None]
    if not clauses:
        return speech.say(
            "We would be glad to hear from {unit} of the results of the following:", unit=section.unit_name
        )
    return speech.say(
        "Under {clauses} of the Plan, we would be glad to hear from {unit} of the results of the following:",
        clauses=speech.all_of(clauses[:MOST_CLAUSES]),
        unit=section.unit_name,
    )


def tally(count: Tally, unit: str, voice: Voice, speech: Speech) -> str:
    """The four-way count of official reports as one sentence; requested units hear no lateness."""
    if voice is Voice.REQUEST:
        return speech.say(
            "As of {day}: results of {done} of {total} items received; {unfinished} to come.",
            day=speech.day_month(count.up_to), done=speech.count(count.done),
            total=speech.count(count.total), unfinished=speech.count(count.unfinished),
        )  # fmt: skip
    return speech.say(
        "As of {day}, {unit} leads {total} pieces of work: {parts}.",
        day=speech.day_month(count.up_to), unit=unit, total=speech.count(count.total),
        parts=four_ways(count, speech),
    )  # fmt: skip


def four_ways(count: Tally, speech: Speech) -> str:
    """What is done, on time and late, and what is not, in time and overdue; what is empty is left out."""
    numbers = {
        name: speech.count(getattr(count, name))
        for name in ("done", "on_time", "late", "unfinished", "in_time", "overdue")
    }
    left = [_unfinished(count, numbers, speech)]
    if count.waiting:
        # Within their time although their date may have passed: nobody is blamed for another's delay.
        left.append(speech.say("{n} of these waiting for others", n=speech.count(count.waiting)))
    parts = (_done(count, numbers, speech), ", ".join(left))
    return "; ".join(part for part in parts if part)


def _done(count: Tally, numbers: Mapping[str, str], speech: Speech) -> str:
    """Nothing where nothing is done; one kind in a word, two with their numbers."""
    if count.on_time and count.late:
        return speech.say("{done} done ({on_time} on time, {late} late)", **numbers)
    if count.late:
        return speech.say("{done} done (late)", **numbers)
    return speech.say("{done} done (on time)", **numbers) if count.done else ""


def _unfinished(count: Tally, numbers: Mapping[str, str], speech: Speech) -> str:
    if count.in_time and count.overdue:
        return speech.say("{unfinished} not done ({in_time} within their time, {overdue} overdue)", **numbers)
    if count.overdue:
        return speech.say("{unfinished} not done (overdue)", **numbers)
    return speech.say("{unfinished} not done (within their time)", **numbers) if count.unfinished else ""


def _lists(
    letter: Letter, section: UnitSection, links: Links | None, speech: Speech
) -> Iterator[Block | Unsaid]:
    published = letter.kind is LetterKind.PUBLICATION
    requested = section.voice is Voice.REQUEST
    later = speech.say("Further ahead")
    if published:
        later = speech.say("Where we hope for your lead") if requested else speech.say("To lead")
    left_over = items.of_earlier_weeks(section.this_week, letter.as_of)
    week = [item for item in section.this_week if item not in left_over]
    yield from _listed(speech.say("From earlier weeks"), left_over, speech)
    yield from _listed(speech.say("This week"), week, speech)
    yield from _listed(later, section.later, speech, clauses=published)
    # What others lead is a reminder only; where there is a page that lists it all, it may be cut.
    shown = section.helping if links is None else section.helping[:MOST_HELPED]
    if shown:
        yield Heading(speech.say("To help with"))
        yield from (Unsaid(partial(items.helping_line, helping, speech)) for helping in shown)
    if (more := len(section.helping) - len(shown)) > 0:
        yield Line(speech.say("and {n} more", n=speech.count(more)))
    yield from _news(section, speech)


def _news(section: UnitSection, speech: Speech) -> Iterator[Block | Unsaid]:
    """What asks for no answer: whoever gets a copy reads it as well."""
    yield from _listed(speech.say("New dates"), section.redated, speech)
    yield from _listed(speech.say("No longer needed"), section.cancelled, speech)
    if section.accepted:
        yield Heading(speech.say("Confirmed as done, with thanks"))
        yield from (Line(items.title(item, speech)) for item in section.accepted)


def _listed(
    heading: str, listed: Sequence[Item], speech: Speech, *, clauses: bool = False
) -> Iterator[Block | Unsaid]:
    if listed:
        yield Heading(heading)
        yield from _lines(listed, speech, clause=clauses)


def _lines(listed: Iterable[Item], speech: Speech, *, clause: bool = False) -> Iterator[Unsaid]:
    return (Unsaid(partial(items.line, item, speech, clause=clause)) for item in listed)


def _farewell(letter: Letter, section: UnitSection, speech: Speech) -> Iterator[Paragraph]:
    """The last words: a way to set right what is wrong, and thanks where they are due."""
    unit, office = section.unit_name, letter.sender.short
    if section.voice is Voice.REQUEST:
        if section.attention or section.later:
            yield Paragraph(
                speech.say(
                    "If these times do not suit, please tell us which would; {office} will plan accordingly.",
                    office=office,
                )
            )
        yield Paragraph(speech.say("With our sincere thanks."))
    elif section.tally is not None:
        yield Paragraph(
            speech.say(
                "If anything here does not match the facts, please tell {office}, who will set it right.",
                office=office,
            )
        )
        yield Paragraph(speech.say("Thank you for the cooperation of {unit}.", unit=unit))
