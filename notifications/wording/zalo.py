"""The text that the office pastes into Zalo or reads out: short, one paragraph, no names of children."""

from collections.abc import Iterable, Iterator, Sequence

from notifications.blocks import Block, Entry, Unsaid
from notifications.letters import Action, Letter, Links, Slot, slot_of
from notifications.parts import (
    Alarm,
    Case,
    Closing,
    ClosingReport,
    Decision,
    DeskNote,
    Digest,
    Leadership,
    Part,
    SignIn,
    UnitSection,
    Voice,
)
from notifications.speech import Speech, speech
from notifications.wording import items, leaders, occasions, office, units
from notifications.work import Helping, Item
from workflows.engine.states import Standing

MOST_ITEMS = 5
"""Pieces of work in one text; a longer one is not read on a telephone."""
MOST_HELPED = 3
"""Pieces of work that others lead: a text is read on a telephone, between other things."""

MOST_CASES = 3
"""Matters for a leader in one text: each brings its facts."""


def zalo_text(letter: Letter, links: Links | None) -> str:
    """One paragraph of plain text that stands for the letter where there is no mail."""
    said = speech(letter.language)
    sentences = [said.say("Dear {reader}.", reader=_lower_first(letter.recipient.salutation))]
    for part in letter.parts:
        sentences += _part(letter, part, links, said)
    return " ".join([*sentences, *_ending(letter, said)])


def _lower_first(text: str) -> str:
    """`đồng chí Trưởng Thôn 2` within a sentence; names of offices keep their capital."""
    head, _, rest = text.partition(" ")
    return f"{head.lower()} {rest}" if head == "Đồng" else text


def _part(letter: Letter, part: Part, links: Links | None, said: Speech) -> Iterable[str]:
    match part:
        case UnitSection():
            return _copy(part, said) if part.copied else _section(letter, part, links, said)
        case Leadership():
            return _leadership(letter, part, links, said)
        case Digest():
            return _counts(office.blocks(part, None, said, alone=True), part.plan.title)
        case DeskNote():
            return _counts(office.desk_blocks(letter, part, None, said, first=1), letter.sender.short)
        case Decision():
            return _decision(part, links, said)
        case Closing():
            return _closing(letter, part, said)
        case ClosingReport():
            return _report(letter, part, links, said)
        case Alarm():
            return (f"{said.say(trouble.message_id, **trouble.values)}." for trouble in part.troubles)
        case SignIn():
            return ()  # whoever holds the link is signed in: nothing to paste or to read out


def _section(letter: Letter, section: UnitSection, links: Links | None, said: Speech) -> Iterator[str]:
    held = (*section.attention, *section.this_week, *section.later)
    if held:
        office_name, unit = letter.sender.short, section.unit_name
        work = _works(held, section.voice, said, unnamed=len(section.more))
        if section.voice is Voice.REQUEST:
            yield said.say("{office} kindly asks for the results of: {work}.", office=office_name, work=work)
        else:
            yield said.say("{office} reminds {unit}: {work}.", office=office_name, unit=unit, work=work)
        yield _answer(section, held[0] if len(held) == 1 else None, links, said)
    yield from _news(section, said)


def _copy(section: UnitSection, said: Speech) -> Iterator[str]:
    yield said.say("For information: what {unit} was sent.", unit=section.unit_name)
    held = (*section.attention, *section.this_week, *section.later)
    if held:
        titles = [items.title(item, said) for item in held]
        yield f"{_some(titles, said, unnamed=len(section.more))}."
    yield from _news(section, said)


def _news(section: UnitSection, said: Speech) -> Iterator[str]:
    """What the unit need not answer, but must know."""
    if section.redated:
        yield f"{said.say('New dates')}: {_works(section.redated, section.voice, said)}."
    if section.cancelled:
        gone = [items.title(item, said) for item in section.cancelled]
        yield f"{said.say('No longer needed')}: {_some(gone, said)}."
    for item in section.accepted:
        yield said.say("Confirmed as done: {title}.", title=items.title(item, said))
    if section.helping and not section.copied:
        helped = [_helping(helping, said) for helping in section.helping]
        yield f"{said.say('To help with')}: {_some(helped, said, most=MOST_HELPED)}."


def _works(work: Sequence[Item], voice: Voice, said: Speech, *, unnamed: int = 0) -> str:
    return _some([_item(item, voice, said) for item in work], said, unnamed=unnamed)


def _some(named: Sequence[str], said: Speech, *, unnamed: int = 0, most: int = MOST_ITEMS) -> str:
    more = len(named) + unnamed - most
    rest = [said.say("and {n} more", n=said.count(more))] if more > 0 else []
    return "; ".join([*named[:most], *rest])


def _item(item: Item, voice: Voice, said: Speech) -> str:
    title = items.title(item, said)
    if item.due is None:
        return title
    day = said.day_month(item.due)
    if voice is Voice.REQUEST:
        return said.say("{title}, expected {day}", title=title, day=day)
    if item.standing is Standing.OVERDUE and item.late:
        late = str(item.late)
        return said.say("{title}, due {day}, {late} working days overdue", title=title, day=day, late=late)
    return said.say("{title}, due {day}", title=title, day=day)


def _helping(helping: Helping, said: Speech) -> str:
    line = items.helping_line(helping, said)
    return f"{line.text}, {line.aside}"


def _answer(section: UnitSection, only: Item | None, links: Links | None, said: Speech) -> str:
    requested = section.voice is Voice.REQUEST
    if links is None and requested:
        return said.say("A word back about the results would be much appreciated.")
    if links is None and only is None:
        return said.say("When one of these is done, please answer DONE with its name.")
    if links is None:
        return said.say("When it is done, please answer DONE.")
    slot = Slot(Action.UNIT, section.plan.id, unit=section.unit)
    if only is not None:
        slot = slot_of(Action.SEE, only)
    if requested:
        return said.say("Results are welcome at {link}, or in a word back.", link=links(slot))
    return said.say("When it is done, please report here: {link} or answer DONE.", link=links(slot))


def _leadership(letter: Letter, part: Leadership, links: Links | None, said: Speech) -> Iterator[str]:
    if part.cases:
        yield leaders.reported(letter, part, said)
    for case in part.cases[:MOST_CASES]:
        yield from _case(letter, case, links, said)
    if (more := len(part.cases) - MOST_CASES) > 0:
        yield f"({said.say('and {n} more', n=said.count(more))}.)"
    if part.to_accept:
        reports = [f"{items.title(item, said)} ({item.unit_name})" for item in part.to_accept]
        yield f"{said.say('Reports that wait for your acceptance')}: {_some(reports, said)}."
        if links is not None:
            first, *others = part.to_accept
            slot = Slot(Action.BOARD, part.plan.id) if others else slot_of(Action.CHECK, first)
            yield said.say("Please see {link} and confirm.", link=links(slot))


def _case(letter: Letter, case: Case, links: Links | None, said: Speech) -> Iterator[str]:
    yield f"{case.title[: items.LONGEST_TITLE]}: {leaders.situation(case, said)}"
    if case.affected:
        yield f"{said.say('Consequence')}: {leaders.affected(case, said)}"
    if case.proposed:
        heading = said.say("Proposal of {office}", office=letter.sender.short)
        yield f"{heading}: {leaders.proposal(case, said)}"
    if links is not None:
        link = links(leaders.slot_of_case(Action.OTHERWISE, case))
        yield said.say("Please answer at {link} or by telephone.", link=link)


def _counts(blocks: Iterable[Block | Unsaid], about: str) -> Iterator[str]:
    """The headings of the office's morning, each with its number; the lists stand in the window."""
    counted = [block.title for block in blocks if isinstance(block, Entry)]
    if counted:
        yield f"{about}: {'; '.join(counted)}."


def _decision(part: Decision, links: Links | None, said: Speech) -> Iterator[str]:
    yield f"{items.title(part.item, said)}."
    yield occasions.decision_sentence(part, said)
    if links is not None:
        yield _more(links, slot_of(Action.SEE, part.item), said)


def _closing(letter: Letter, part: Closing, said: Speech) -> Iterator[str]:
    yield occasions.finished(part, letter.sender, said)
    if part.tally.total:
        yield units.tally(part.tally, part.unit_name, part.voice, said)
    if part.undone:
        undone = [items.title(item, said) for item in part.undone]
        yield f"{said.say('Still without a result')}: {_some(undone, said)}."


def _report(letter: Letter, part: ClosingReport, links: Links | None, said: Speech) -> Iterator[str]:
    yield occasions.reported(letter, part, said)
    yield occasions.whole_count(part, said)
    if part.undone:
        undone = [_helping(one, said) for one in part.undone]
        yield f"{said.say('Still without a result')}: {_some(undone, said)}."
    if links is not None:
        yield _more(links, Slot(Action.BOARD, part.plan.id), said)


def _more(links: Links, slot: Slot, said: Speech) -> str:
    return said.say("See {link} for more.", link=links(slot))


def _ending(letter: Letter, said: Speech) -> Iterator[str]:
    if letter.sender.phone is not None:
        yield said.say("With any difficulty please call {phone}.", phone=letter.sender.phone)
    if letter.recipient.voice is not Voice.REPORT:
        yield said.say("Please send no names or pictures of children to the group.")
