"""What the standing office reads in the morning: one numbered line for each thing it must look after."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from notifications.blocks import Block, Button, Entry, Fact, Heading, Paragraph, Tone
from notifications.letters import Action, Letter, Links, Slot
from notifications.parts import MOST_LISTED, DeskNote, Digest, HandOvers, Listed, Section
from notifications.speech import Speech
from notifications.wording.items import MOST_HELPERS, title
from notifications.work import Item
from plan_definitions.model import Role
from workflows.texts import N_

CHAIN_HEAD = 12
"""Characters of a history's last hash that are printed: enough to see that it changed."""

ROLE_NAMES = {
    Role.STANDING_OFFICE: N_("the standing office"),
    Role.DEPUTY_CHAIR: N_("the deputy chair"),
    Role.CHAIR: N_("the chair"),
}


def subject(plans: Sequence[str], committee: str, speech: Speech) -> str:
    """The same every day."""
    plan = plans[0] if len(plans) == 1 else committee
    return speech.say("Today's work of the standing office - {plan}", plan=plan)


def preview(digests: Sequence[Digest], desk: DeskNote | None, speech: Speech) -> str:
    """What waits for the office's hands."""
    counted = (
        (sum(digest.total("to_check") for digest in digests), N_("to check: {n}")),
        (sum(digest.total("obstacles") for digest in digests), N_("difficulties: {n}")),
        (sum(digest.total("extensions") for digest in digests), N_("more time asked: {n}")),
        (sum(digest.total("overdue") for digest in digests), N_("overdue: {n}")),
        (desk.hand_overs.total if desk else 0, N_("to hand over: {n}")),
        (len(desk.undelivered) if desk else 0, N_("not delivered: {n}")),
    )
    said = ", ".join(speech.say(what, n=speech.count(n)) for n, what in counted if n)
    return f"{said[:1].upper()}{said[1:]}." if said else speech.say("For your information.")


def intro(letter: Letter, speech: Speech) -> Paragraph:
    """The day, once for all plans."""
    return Paragraph(
        speech.say(
            "What {office} has to look after, {today}:",
            office=letter.sender.name,
            today=speech.today(letter.as_of),
        )
    )


Drawing = Callable[[Digest, Links | None, Speech], Entry | None]


def blocks(digest: Digest, links: Links | None, speech: Speech, *, alone: bool) -> Iterator[Block]:
    """One plan's digest as numbered entries; what is empty is left out."""
    if not alone:
        yield Heading(digest.plan.title)
    drawn: tuple[Drawing, ...] = (_to_check, _obstacles, _extensions, _overdue, _waiting, _silent)
    entries = [entry for draw in drawn if (entry := draw(digest, links, speech)) is not None]
    for number, entry in enumerate(entries, 1):
        yield replace(entry, number=number)


def _entry(
    heading: str,
    digest: Digest,
    listed: Listed,
    said: Callable[[Item], str],
    buttons: tuple[Button, ...],
    speech: Speech,
    tone: Tone = Tone.PLAIN,
) -> Entry:
    lines = [said(item) for item in getattr(digest, listed)[:MOST_LISTED]]
    if (more := digest.total(listed) - len(lines)) > 0:
        lines.append(speech.say("and {n} more", n=speech.count(more)))
    return Entry(0, heading, "", tone, tuple(lines), buttons)


def _desk(digest: Digest, section: Section, links: Links | None, label: str) -> tuple[Button, ...]:
    slot = Slot(Action.DESK, digest.plan.id, section=section)
    return (Button(label, links(slot)),) if links is not None else ()


def _whose(item: Item, speech: Speech) -> str:
    return speech.say("{unit}: {title}", unit=item.unit_name, title=title(item, speech))


def _to_check(digest: Digest, links: Links | None, speech: Speech) -> Entry | None:
    if not digest.to_check:
        return None
    longest = max(item.waiting_days for item in digest.to_check)
    heading = speech.plural(
        "To check: {many} (longest for {n} working day)",
        "To check: {many} (longest for {n} working days)",
        longest,
        many=speech.count(digest.total("to_check")),
    )
    buttons = _desk(digest, "to_check", links, speech.say("Check"))
    return _entry(heading, digest, "to_check", lambda item: _whose(item, speech), buttons, speech)


def _obstacles(digest: Digest, links: Links | None, speech: Speech) -> Entry | None:
    if not digest.obstacles:
        return None
    heading = speech.say("Difficulties not yet answered: {n}", n=speech.count(digest.total("obstacles")))
    buttons = _desk(digest, "obstacles", links, speech.say("Answer"))
    return _entry(heading, digest, "obstacles", lambda item: _whose(item, speech), buttons, speech)


def _extensions(digest: Digest, links: Links | None, speech: Speech) -> Entry | None:
    if not digest.extensions:
        return None

    def said(item: Item) -> str:
        wanted = speech.day(item.extension_wanted) if item.extension_wanted else ""
        return speech.say("{work} (until {day})", work=_whose(item, speech), day=wanted)

    heading = speech.say("More time asked for: {n}", n=speech.count(digest.total("extensions")))
    buttons = _desk(digest, "extensions", links, speech.say("Answer"))
    return _entry(heading, digest, "extensions", said, buttons, speech)


def _overdue(digest: Digest, links: Links | None, speech: Speech) -> Entry | None:
    if not digest.overdue:
        return None

    def said(item: Item) -> str:
        late = speech.plural("{n} working day", "{n} working days", item.late)
        return speech.say("{work} ({late})", work=_whose(item, speech), late=late)

    heading = speech.say("Overdue: {n}", n=speech.count(digest.total("overdue")))
    climbing = _climbing(digest, speech)
    label = speech.say("Look, hold or comment") if climbing else speech.say("Look")
    buttons = _desk(digest, "overdue", links, label)
    entry = _entry(heading, digest, "overdue", said, buttons, speech, Tone.LATE)
    return replace(entry, due=climbing)


def _climbing(digest: Digest, speech: Speech) -> str:
    """What tomorrow's rungs will do unless something happens, by who would hear."""
    if not digest.next_rungs:
        return ""
    roles = dict.fromkeys(role for rung in digest.next_rungs for role in rung.roles)
    named = speech.all_of(speech.say(ROLE_NAMES[Role(role)]) for role in roles)
    return speech.plural(
        "On the next working day {n} of them goes to {roles} unless there is a result.",
        "On the next working day {n} of them go to {roles} unless there is a result.",
        digest.total("next_rungs"),
        roles=named,
    )


def _waiting(digest: Digest, links: Links | None, speech: Speech) -> Entry | None:
    if not digest.waiting:
        return None

    def said(item: Item) -> str:
        holders = speech.all_of(item.waits_for, MOST_HELPERS)
        if not holders:
            return _whose(item, speech)
        return speech.say("{work} (waits for {units})", work=_whose(item, speech), units=holders)

    waiting = speech.count(digest.total("waiting"))
    heading = speech.say("Waiting for others, not counted as overdue: {n}", n=waiting)
    buttons = _desk(digest, "waiting", links, speech.say("Look"))
    return _entry(heading, digest, "waiting", said, buttons, speech)


def _silent(digest: Digest, links: Links | None, speech: Speech) -> Entry | None:
    if not digest.silent:
        return None
    lines = [
        speech.say("{unit} (since {day})", unit=one.unit_name, day=speech.day_month(one.since))
        if one.since
        else one.unit_name
        for one in digest.silent
    ]
    heading = speech.say("Not heard from: {n}", n=speech.count(len(lines)))
    buttons = _desk(digest, "silent", links, speech.say("Call"))
    return Entry(0, heading, "", Tone.PLAIN, tuple(lines[:MOST_LISTED]), buttons)


def desk_blocks(
    letter: Letter, note: DeskNote, links: Links | None, speech: Speech, *, first: int
) -> Iterator[Block]:
    """Hand-overs and lost letters, numbered on from the plans' entries; then the machine's own record."""
    number = first
    if note.hand_overs.total:
        heading = speech.say("To hand over: {what}", what=_hand_overs(note.hand_overs, speech))
        label = speech.say("Copy the texts, print the sheets")
        buttons = (Button(label, links(Slot(Action.HAND_OVER))),) if links is not None else ()
        yield Entry(number, heading, "", Tone.PLAIN, (), buttons)
        number += 1
    if note.undelivered:
        heading = speech.say("Letters that did not arrive: {n}", n=speech.count(len(note.undelivered)))
        lines = tuple(_undelivered(one.unit_name, one.code, speech) for one in note.undelivered[:MOST_LISTED])
        buttons = (Button(speech.say("Look"), links(Slot(Action.OUTBOX))),) if links is not None else ()
        yield Entry(number, heading, "", Tone.LATE, lines, buttons)
    if note.last_round is not None:
        yield Fact(speech.say("Last round"), speech.today(note.last_round))
    titles = {plan.id: plan.title for plan in letter.plans}
    for plan, head in sorted(note.chain_heads.items()):
        yield Fact(speech.say("End of the history of {plan}", plan=titles.get(plan, plan)), head[:CHAIN_HEAD])


def _hand_overs(waiting: HandOvers, speech: Speech) -> str:
    counted: Iterable[tuple[int, str]] = (
        (waiting.zalo, speech.plural("{n} Zalo text", "{n} Zalo texts", waiting.zalo)),
        (waiting.phone, speech.plural("{n} call", "{n} calls", waiting.phone)),
        (waiting.paper, speech.plural("{n} sheet", "{n} sheets", waiting.paper)),
    )
    return ", ".join(said for n, said in counted if n)


def _undelivered(unit: str, code: int | None, speech: Speech) -> str:
    if code is None:
        return unit
    return speech.say("{unit} (the mail server answered {code})", unit=unit, code=code)
