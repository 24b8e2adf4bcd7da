"""The text that the office pastes into Zalo or reads out: short, one paragraph, no names of children."""

from collections.abc import Iterator

from notifications.letters import Action, Letter, Links, Slot, slot_of
from notifications.parts import Closing, Decision, Item, UnitSection, Voice
from notifications.speech import Speech, speech
from notifications.wording import items, occasions, units
from workflows.engine.states import Standing

MOST_ITEMS = 5
"""Pieces of work in one text; a longer one is not read on a telephone."""


def zalo_text(letter: Letter, links: Links | None) -> str:
    """One paragraph of plain text that stands for the letter where there is no mail."""
    said = speech(letter.language)
    sentences = [said.say("Dear {reader}.", reader=_lower_first(letter.recipient.salutation))]
    for part in letter.parts:
        match part:
            case UnitSection(copied=False):
                sentences += _section(letter, part, links, said)
            case Decision():
                decided = occasions.decision_sentence(part, said)
                sentences += [f"{items.title(part.item, said)}.", decided]
            case Closing():
                sentences += [units.tally(part.tally, part.unit_name, part.voice, said)]
            case _:
                continue
    return " ".join([*sentences, *_ending(letter, said)])


def _lower_first(text: str) -> str:
    """`đồng chí Trưởng Thôn 2` within a sentence; names of offices keep their capital."""
    head, _, rest = text.partition(" ")
    return f"{head.lower()} {rest}" if head == "Đồng" else text


def _section(letter: Letter, section: UnitSection, links: Links | None, said: Speech) -> Iterator[str]:
    held = (*section.attention, *section.this_week, *section.later)
    shown = held[:MOST_ITEMS]
    if shown:
        listed = [_item(item, section.voice, said) for item in shown]
        if len(held) > len(shown):
            listed.append(said.say("and {n} more", n=said.count(len(held) - len(shown))))
        office, unit, work = letter.sender.short, section.unit_name, "; ".join(listed)
        if section.voice is Voice.REQUEST:
            yield said.say("{office} kindly asks for the results of: {work}.", office=office, work=work)
        else:
            yield said.say("{office} reminds {unit}: {work}.", office=office, unit=unit, work=work)
        yield _answer(section, shown[0] if len(shown) == 1 else None, links, said)
    for item in section.accepted:
        yield said.say("Confirmed as done: {title}.", title=items.title(item, said))


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


def _answer(section: UnitSection, only: Item | None, links: Links | None, said: Speech) -> str:
    if links is None:
        return said.say("When it is done, please answer DONE.")
    slot = Slot(Action.UNIT, section.plan.id, unit=section.unit)
    if only is not None:
        slot = slot_of(Action.SEE, only)
    return said.say("When it is done, please report here: {link} or answer DONE.", link=links(slot))


def _ending(letter: Letter, said: Speech) -> Iterator[str]:
    if letter.sender.phone is not None:
        yield said.say("With any difficulty please call {phone}.", phone=letter.sender.phone)
    yield said.say("Please send no names or pictures of children to the group.")
