"""What is read outside the round: a decision, the close of a plan, a sign-in link, an alarm."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from notifications.blocks import Block, Button, Buttons, Heading, Line, Paragraph, Unsaid
from notifications.letters import Action, Letter, Links, Sender, Slot, slot_of
from notifications.parts import Alarm, Closing, ClosingReport, Decided, Decision, SignIn, UnitCount, Voice
from notifications.speech import Speech
from notifications.wording import items
from notifications.wording.units import four_ways, tally
from workflows.engine.records import Answered


def decision_subject(part: Decision, speech: Speech) -> str:
    """What was decided, and about what."""
    work = items.title(part.item, speech)
    match part.decided:
        case Decided.RETURNED:
            return speech.say("Please complete: {title}", title=work)
        case Decided.EXTENSION_GRANTED:
            return speech.say("New date agreed: {title}", title=work)
        case Decided.EXTENSION_REFUSED:
            return speech.say("The date stays: {title}", title=work)
        case Decided.OBSTACLE_ANSWERED:
            return speech.say("Answer to your difficulty: {title}", title=work)
        case Decided.LEADER_ANSWERED:
            return speech.say("The leadership's answer: {title}", title=work)


def decision_sentence(part: Decision, speech: Speech) -> str:
    """The decision in one sentence; also the preview. The reasons stand on the page of the work."""
    day = speech.day(part.item.due) if part.item.due is not None else ""
    match part.decided:
        case Decided.RETURNED:
            return speech.say(
                "The report was read and something is still needed; the page of the work says what."
            )
        case Decided.EXTENSION_GRANTED:
            return speech.say("The later date was agreed to: {day}.", day=day)
        case Decided.EXTENSION_REFUSED:
            return speech.say(
                "The date could not be moved and stays {day}; the reason stands on the page of the work.",
                day=day,
            )
        case Decided.OBSTACLE_ANSWERED:
            return speech.say(
                "The difficulty you reported was answered; the answer stands on the page of the work."
            )
        case Decided.LEADER_ANSWERED:
            return _leader(part.answer, speech)


def _leader(answer: Answered | None, speech: Speech) -> str:
    match answer:
        case Answered.AGREED:
            return speech.say("The leadership agrees to the standing office's proposal.")
        case Answered.CALL_BACK:
            return speech.say("The leadership asks for a telephone call about this.")
        case _:
            return speech.say(
                "The leadership decided otherwise; the decision stands on the page of the work."
            )


def decision_blocks(part: Decision, links: Links | None, speech: Speech) -> Iterator[Block]:
    """The decision, the work it is about, and what can be answered."""
    yield Paragraph(decision_sentence(part, speech))
    # The sentence above has said it already.
    yield items.entry(replace(part.item, returned=False), 1, part.voice, links, speech)
    if links is not None:
        page = links(slot_of(Action.SEE, part.item))
        yield Buttons((Button(speech.say("Open the page of the work"), page),))
    if part.voice is Voice.REQUEST:
        yield Paragraph(speech.say("With our sincere thanks."))


def closing_subject(part: Closing, speech: Speech) -> str:
    """One for each unit and plan."""
    return speech.say("With thanks: {plan} is finished", plan=part.plan.title)


def closing_blocks(
    letter: Letter, part: Closing, links: Links | None, speech: Speech, *, alone: bool
) -> Iterator[Block | Unsaid]:
    """Thanks, the count, what stays undone, and where all of it can be read."""
    if not alone:
        yield Heading(speech.say("{unit} - {plan}", unit=part.unit_name, plan=part.plan.title))
    yield Paragraph(finished(part, letter.sender, speech))
    if part.tally.total:
        yield Paragraph(tally(part.tally, part.unit_name, part.voice, speech))
    if part.undone:
        yield Heading(speech.say("Still without a result"))
        yield from (Unsaid(partial(items.line, item, speech)) for item in part.undone)
    yield Paragraph(speech.say("Reminders of this plan end today; its links only show what was done."))
    if links is not None:
        slot = Slot(Action.UNIT, part.plan.id, unit=part.unit)
        yield Buttons((Button(speech.say("All work of {unit}", unit=part.unit_name), links(slot)),))


def report_subject(part: ClosingReport, speech: Speech) -> str:
    """One for each plan."""
    return speech.say("Results of the plan - {plan}", plan=part.plan.title)


def report_blocks(
    letter: Letter, part: ClosingReport, links: Links | None, speech: Speech
) -> Iterator[Block | Unsaid]:
    """How the whole plan ended, unit by unit, and what stays undone."""
    yield Paragraph(reported(letter, part, speech))
    yield Paragraph(whole_count(part, speech))
    if links is not None:
        button = Button(
            speech.say("See the whole plan"), links(Slot(Action.BOARD, part.plan.id)), primary=True
        )
        yield Buttons((button,))
    yield Heading(speech.say("By unit (done of all)"))
    yield from (Unsaid(partial(_unit_line, one, speech)) for one in part.units)
    if part.undone:
        yield Heading(speech.say("Still without a result"))
        yield from (Unsaid(partial(items.helping_line, one, speech)) for one in part.undone)
    yield Paragraph(speech.say("Reminders of this plan end today; its links only show what was done."))


def reported(letter: Letter, part: ClosingReport, speech: Speech) -> str:
    """That the plan is over, and when; to leaders as a report."""
    plan, day = part.plan.title, speech.today(part.tally.up_to)
    if letter.recipient.voice is not Voice.REPORT:
        return speech.say("{plan} was closed on {day}.", plan=plan, day=day)
    return speech.say(
        "{office} respectfully reports the results of {plan}, closed on {day}.",
        office=letter.sender.name, plan=plan, day=day,
    )  # fmt: skip


def whole_count(part: ClosingReport, speech: Speech) -> str:
    """The four-way count of the plan; also the preview."""
    return speech.say(
        "Of {total} pieces of work: {parts}.",
        total=speech.count(part.tally.total), parts=four_ways(part.tally, speech),
    )  # fmt: skip


def _unit_line(one: UnitCount, speech: Speech) -> Line:
    """Only what was late or is undone needs words."""
    done, total = speech.count(one.tally.done), speech.count(one.tally.total)
    note = four_ways(one.tally, speech) if one.tally.on_time < one.tally.total else ""
    return Line(one.unit_name, f"{done}/{total}", f"{note[:1].upper()}{note[1:]}")


def finished(part: Closing, sender: Sender, speech: Speech) -> str:
    """That the plan is over, with thanks; the office does not thank itself."""
    if part.unit == sender.unit:
        return speech.say("{plan} is finished.", plan=part.plan.title)
    return speech.say(
        "{plan} is finished. {office} sincerely thanks {unit} for its part in it.",
        plan=part.plan.title, office=sender.name, unit=part.unit_name,
    )  # fmt: skip


def sign_in_blocks(part: SignIn, links: Links | None, speech: Speech) -> Iterator[Block]:
    """One button. Raises ValueError where no address can be reached: such a letter would be of no use."""
    if links is None:
        raise ValueError("a sign-in letter needs a base address that its reader can open")
    yield Paragraph(
        speech.plural(
            "The button opens the window for you. It works once, within {n} minute.",
            "The button opens the window for you. It works once, within {n} minutes.",
            part.minutes,
        )
    )
    yield Buttons((Button(speech.say("Sign in"), links(Slot(Action.SIGN_IN)), primary=True),))
    yield Paragraph(
        speech.say("If you did not ask for it, leave this letter alone; nothing happens."), quiet=True
    )


def alarm_blocks(part: Alarm, links: Links | None, speech: Speech) -> Iterator[Block]:
    """What is wrong, one line each."""
    yield Paragraph(speech.say("The system cannot mend the following by itself:"))
    yield from (Line(speech.say(trouble.message_id, **trouble.values)) for trouble in part.troubles)
    if links is not None:
        yield Buttons((Button(speech.say("Look"), links(Slot(Action.OUTBOX))),))
