"""A whole letter in words: headline, salutation, the blocks of its parts, and how to answer."""

from collections.abc import Iterable, Iterator

from notifications.blocks import ROWS, Block, Entry, Heading, More, Page, Paragraph, Unnamed, Unsaid
from notifications.letters import Action, Letter, LetterKind, Links, Slot
from notifications.parts import (
    Alarm,
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
from notifications.wording import headlines, leaders, occasions, office, units


def page(letter: Letter, links: Links | None, most_rows: int) -> Page:
    """The letter in its language, with at most so many rows; the others are counted, with a link to all.

    `links` None: no public address, so reply and telephone take over.
    """
    said = speech(letter.language)
    subject, preview = headline(letter)
    return Page(
        language=letter.language,
        subject=subject,
        preview=preview,
        committee=letter.sender.committee,
        day=said.today(letter.as_of),
        salutation=said.say("To: {reader}", reader=letter.recipient.salutation),
        blocks=tuple(_shown(letter, links, most_rows, said)),
        closing=tuple(Paragraph(text, quiet=True) for text in _closing(letter, links, said)),
    )


def headline(letter: Letter) -> tuple[str, str]:
    """The subject, and the preview that mail clients show beside it."""
    said, first = speech(letter.language), letter.parts[0]
    match first:
        case Leadership():
            reports = [part for part in letter.parts if isinstance(part, Leadership)]
            return leaders.subject(reports, said), leaders.preview(reports, said)
        case Digest() | DeskNote():
            digests = [part for part in letter.parts if isinstance(part, Digest)]
            desk = next((part for part in letter.parts if isinstance(part, DeskNote)), None)
            plans = [digest.plan.title for digest in digests]
            return office.subject(plans, letter.sender.committee, said), office.preview(digests, desk, said)
        case UnitSection():
            sections = [part for part in letter.parts if isinstance(part, UnitSection)]
            return headlines.unit_subject(letter, sections, said), headlines.unit_preview(
                letter, sections, said
            )
        case Decision():
            return occasions.decision_subject(first, said), occasions.decision_sentence(first, said)
        case Closing():
            return occasions.closing_subject(first, said), said.say("The count, and our thanks.")
        case ClosingReport():
            return occasions.report_subject(first, said), occasions.whole_count(first, said)
        case SignIn():
            return said.say("Sign-in link - {committee}", committee=letter.sender.committee), said.say(
                "Works once."
            )
        case Alarm():
            wrong = said.plural("{n} thing to look at.", "{n} things to look at.", len(first.troubles))
            return said.say(
                "The plan system needs attention - {committee}", committee=letter.sender.committee
            ), wrong


def _shown(letter: Letter, links: Links | None, most_rows: int, said: Speech) -> Iterator[Block]:
    mixed = list(_blocks(letter, links, said))
    blocks = [block for block in mixed if not isinstance(block, Unnamed)]
    rows = sum(block.rows if isinstance(block, Unnamed) else isinstance(block, ROWS) for block in mixed)
    for block in blocks if rows <= most_rows else _first_rows(blocks, most_rows):
        yield block.say() if isinstance(block, Unsaid) else block
    if rows > most_rows:
        more = said.plural("and {n} more item", "and {n} more items", rows - most_rows)
        yield More(more, links(_everything(letter)) if links is not None else None)


def _first_rows(blocks: Iterable[Block | Unsaid], limit: int) -> Iterator[Block | Unsaid]:
    shown = 0
    for block in blocks:
        if isinstance(block, ROWS):
            if shown == limit:
                return
            shown += 1
        elif isinstance(block, Heading) and shown == limit:
            return
        yield block


def _everything(letter: Letter) -> Slot:
    plan = letter.plans[0].id if letter.plans else None
    if isinstance(letter.parts[0], ClosingReport):
        return Slot(Action.BOARD, plan)
    return Slot(Action.UNIT, plan, unit=letter.recipient.unit)


def _blocks(letter: Letter, links: Links | None, said: Speech) -> Iterator[Block | Unsaid | Unnamed]:
    numbered = 0
    alone = sum(1 for part in letter.parts if not isinstance(part, DeskNote)) <= 1
    if isinstance(letter.parts[0], Digest | DeskNote):
        yield office.intro(letter, said)
    for part in letter.parts:
        blocks = list(_part(letter, part, links, said, alone=alone, numbered=numbered))
        yield from blocks
        numbered = sum(1 for block in blocks if isinstance(block, Entry)) if isinstance(part, Digest) else 0


def _part(
    letter: Letter, part: Part, links: Links | None, said: Speech, *, alone: bool, numbered: int
) -> Iterator[Block | Unsaid | Unnamed]:
    match part:
        case UnitSection():
            return units.blocks(letter, part, links, said, alone=alone)
        case Digest():
            return office.blocks(part, links, said, alone=alone)
        case DeskNote():
            return office.desk_blocks(letter, part, links, said, first=numbered + 1)
        case Leadership():
            return leaders.blocks(letter, part, links, said, alone=alone)
        case Decision():
            return occasions.decision_blocks(part, links, said)
        case Closing():
            return occasions.closing_blocks(letter, part, links, said, alone=alone)
        case ClosingReport():
            return occasions.report_blocks(letter, part, links, said)
        case SignIn():
            return occasions.sign_in_blocks(part, links, said)
        case Alarm():
            return occasions.alarm_blocks(part, links, said)


def _closing(letter: Letter, links: Links | None, said: Speech) -> Iterator[str]:
    """How to answer without a link, what not to write, and that this is no official paper."""
    if letter.kind in (LetterKind.SIGN_IN, LetterKind.ALARM):
        return
    if letter.kind is not LetterKind.CLOSING:
        yield _how_to_answer(letter, links, said)
    elif letter.recipient.unit != letter.sender.unit:
        yield _whom_to_ask(letter, said)
    if letter.recipient.voice is not Voice.REPORT:
        yield said.say("Please send no names or pictures of children.")
    papers = said.all_of([units.plan_reference(plan, said) for plan in letter.plans])
    if papers:
        yield said.say("This letter serves the daily work and does not replace {papers}.", papers=papers)


def _whom_to_ask(letter: Letter, said: Speech) -> str:
    phone, office = letter.sender.phone, letter.sender.name
    if phone is None:
        return said.say("With questions please reply to this letter: {office}.", office=office)
    return said.say("With questions please ask {office}, tel. {phone}.", office=office, phone=phone)


def _how_to_answer(letter: Letter, links: Links | None, said: Speech) -> str:
    phone, short = letter.sender.phone, letter.sender.short
    if links is None:
        if phone is None:
            return said.say("To answer, reply to this letter; {office} records it.", office=short)
        return said.say(
            "To answer, reply to this letter or call or message {phone} (also Zalo); {office} records it.",
            phone=phone,
            office=short,
        )
    if phone is None:
        return said.say("If the links do not open, reply to this letter; {office} records it.", office=short)
    return said.say(
        "If the links do not open, send a Zalo message to or call {phone}; {office} records it.",
        phone=phone,
        office=short,
    )
