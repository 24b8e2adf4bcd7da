"""How a letter speaks of one assignment: when, why this unit, who helps, what stands in the way."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from notifications.blocks import Button, Entry, Line, Tone
from notifications.letters import Action, Links, slot_of
from notifications.parts import Voice
from notifications.speech import Speech
from notifications.work import Helper, Helping, Item
from workflows.engine.states import Standing
from workflows.texts import Language, cite, standing_label

MOST_HELPERS = 3
LONGEST_TITLE = 240
"""Characters of a title that a letter shows; the page behind the link shows all of it."""


def title(item: Item | Helping, speech: Speech) -> str:
    """The title, shortened where somebody wrote an essay; restricted work shows none."""
    if item.title is None:
        return speech.say("Restricted work (state only)")
    if len(item.title) <= LONGEST_TITLE:
        return item.title
    return item.title[: LONGEST_TITLE - 1].rstrip() + "…"


def tone(item: Item) -> Tone:
    """How much it presses."""
    if item.standing is Standing.OVERDUE:
        return Tone.LATE
    return Tone.TODAY if item.returned or item.left == 0 else Tone.PLAIN


def due_line(item: Item, voice: Voice, speech: Speech) -> str:
    """`Hạn thứ Hai, 08/6 (đã quá 02 ngày làm việc).`; requested units are never told they are late."""
    if item.standing is Standing.CANCELLED:
        return speech.say("Cancelled; nothing more is needed.")
    if item.due is None:
        return speech.say("Standing work, without a date.")
    day = speech.day(item.due)
    said = _requested(item, day, speech) if voice is Voice.REQUEST else _ordered(item, day, speech)
    if item.original_due is not None and item.original_due != item.due:
        planned = speech.say("The plan has {day}.", day=speech.day_month(item.original_due))
        return f"{said} {planned}"
    return said


def _ordered(item: Item, day: str, speech: Speech) -> str:
    if item.standing is Standing.OVERDUE:
        if item.late == 0:
            return speech.say("Due {day} (now past).", day=day)
        return speech.plural(
            "Due {day} ({n} working day overdue).",
            "Due {day} ({n} working days overdue).",
            item.late,
            day=day,
        )
    if item.left == 0:
        return speech.say("Due today, {day}.", day=day)
    if item.left is not None:
        return speech.plural(
            "Due {day} ({n} working day left).", "Due {day} ({n} working days left).", item.left, day=day
        )
    return speech.say("Due {day}.", day=day)


def _requested(item: Item, day: str, speech: Speech) -> str:
    if item.standing is Standing.OVERDUE:
        return speech.say("Expected {day}; we have not heard of the result yet.", day=day)
    if item.left == 0:
        return speech.say("Expected today, {day}.", day=day)
    return speech.say("Expected {day}.", day=day)


def of_earlier_weeks(listed: Iterable[Item], as_of: date) -> list[Item]:
    """Work that waits although the week of its date is over."""
    monday = as_of - timedelta(as_of.weekday())
    return [item for item in listed if item.due is not None and item.due < monday]


def clause_of(item: Item, language: Language) -> str | None:
    """The clause for which the document names the unit, as people quote it."""
    if not item.named or not item.citations:
        return None
    first = item.citations[0]
    if first.words is not None and language is Language.VI:
        return first.words
    return cite(first.clause, None, language)


def why(item: Item, voice: Voice, speech: Speech) -> str:
    """Why this unit: the clause that names it, else the standing office's allotment."""
    clause = clause_of(item, speech.language)
    if voice is Voice.REQUEST:
        if clause is None:
            return speech.say("The standing office asks for your cooperation in this.")
        return speech.say("Set out in {clause} of the Plan.", clause=clause)
    if clause is None:
        return speech.say("{unit} leads, as allotted by the standing office.", unit=item.unit_name)
    return speech.say("{unit} leads under {clause} of the Plan.", unit=item.unit_name, clause=clause)


def helpers(helping: Iterable[Helper], speech: Speech) -> str | None:
    """Who helps, with numbers to call; a long list is cut."""
    named = [
        speech.say("{unit} (tel. {phone})", unit=unit.name, phone=_unbroken(unit.phone))
        if unit.phone
        else unit.name
        for unit in helping
    ]
    return speech.say("Helping: {units}.", units=speech.all_of(named, MOST_HELPERS)) if named else None


def _unbroken(phone: str) -> str:
    """A number that a line does not end within."""
    return phone.replace(" ", "\N{NO-BREAK SPACE}")


def circumstances(item: Item, voice: Voice, speech: Speech) -> Iterator[str]:
    """What is known beside the date. Words that people wrote are not quoted: names slip into them."""
    if item.returned:
        yield speech.say("Something is still needed; the page of the work says what.")
    if item.opens and item.standing is not Standing.OVERDUE:
        yield speech.say("May begin now.")
    if item.standing is Standing.WAITING_FOR_OTHERS and item.waits_for:
        units = speech.all_of(item.waits_for, MOST_HELPERS)
        yield speech.say("Waiting for {units}; not counted as late.", units=units)
    if item.earlier:
        work = speech.all_of(item.earlier, MOST_HELPERS)
        yield speech.say("Begins once earlier work is done: {work}.", work=work)
    if item.obstacle:
        yield speech.say("A difficulty was reported; the standing office is looking into it.")
    if item.extension_wanted is not None:
        wanted = speech.day(item.extension_wanted)
        yield speech.say("More time was asked for, until {day}; the answer is still to come.", day=wanted)
    if item.promised is not None and voice is not Voice.REQUEST:
        yield speech.say("Promised for {day}.", day=speech.day(item.promised))


def buttons(item: Item, voice: Voice, links: Links | None, speech: Speech) -> tuple[Button, ...]:
    """What can be answered with one tap; none where no public address exists.

    What was reported or asked for already is not offered again: the office is to answer.
    """
    if links is None:
        return ()
    said = {Action.OBSTACLE: item.obstacle, Action.EXTEND: item.extension_wanted is not None}
    if voice is Voice.REQUEST:
        offered = [
            (Action.DONE, speech.say("Send the result")),
            (Action.EXTEND, speech.say("Propose another time")),
        ]
    elif item.check_in:
        offered = [(Action.DONE, speech.say("Report")), (Action.OBSTACLE, speech.say("Stuck"))]
    else:
        offered = [
            (Action.DONE, speech.say("Done")),
            (Action.START, speech.say("Working on it")),
            (Action.OBSTACLE, speech.say("Stuck")),
            (Action.EXTEND, speech.say("Need more time")),
        ]
    first = offered[0][0]
    return tuple(
        [
            Button(label, links(slot_of(action, item)), action is first)
            for action, label in offered
            if not said.get(action)
        ]
    )


def entry(item: Item, number: int, voice: Voice, links: Links | None, speech: Speech) -> Entry:
    """One assignment in full, to be acted on."""
    lines = [*circumstances(item, voice, speech), why(item, voice, speech), helpers(item.helpers, speech)]
    return Entry(
        number=number,
        title=title(item, speech),
        due=due_line(item, voice, speech),
        tone=tone(item) if voice is not Voice.REQUEST else Tone.PLAIN,
        lines=tuple(line for line in lines if line is not None),
        buttons=buttons(item, voice, links, speech),
        page=links(slot_of(Action.SEE, item)) if links is not None else None,
    )


def line(item: Item, speech: Speech, *, clause: bool = False) -> Line:
    """One assignment in a list, its date or state beside it; with `clause`, where the document says so."""
    said = title(item, speech)
    if item.standing is Standing.WAITING_FOR_OTHERS and item.waits_for:
        units = speech.all_of(item.waits_for, MOST_HELPERS)
        said = speech.say("{work} (waits for {units})", work=said, units=units)
    elif item.earlier:
        said = speech.say("{work} (waits for earlier work)", work=said)
    note = clause_of(item, speech.language) if clause else None
    return Line(said, _aside(item.due, item.standing, speech), _first_upper(note or ""))


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _aside(due: date | None, standing: Standing, speech: Speech) -> str:
    if standing is Standing.CANCELLED or due is None:
        return standing_label(standing, speech.language)
    return speech.day(due)


def helping_line(helping: Helping, speech: Speech) -> Line:
    """A task in which the reader helps: who leads and when."""
    leads = speech.all_of(helping.leads, MOST_HELPERS)
    said = speech.say("{title} ({leads} leading)", title=title(helping, speech), leads=leads)
    return Line(said, _aside(helping.due, helping.standing, speech))
