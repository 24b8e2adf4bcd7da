"""What `dondoc demo` prints: what was done, the board, who heard what and why, and where to read it."""

from datetime import date
from typing import NamedTuple

from notifications.letters import LetterKind
from plan_definitions.diagnostics import Phrase
from plan_definitions.model import Channel
from workflows.cli import deliver as delivery
from workflows.cli import output
from workflows.cli import round as rounds
from workflows.cli.prefect_runs import Delivery
from workflows.cli.rows import print_counts, print_rows
from workflows.cli.session import Session
from workflows.engine.pressing import wants_attention
from workflows.engine.words import CHANNEL_WORDS
from workflows.operations.mail.lanes import inbox_folder
from workflows.operations.mail.mail_day import MailDay, QuietSince, Told
from workflows.operations.move import PlanReference
from workflows.operations.reading.board import Board
from workflows.operations.rehearsing.season import Played
from workflows.operations.round import Rounds
from workflows.settings import Settings
from workflows.texts import N_, count, date_long, date_short


class Shown(NamedTuple):
    """What the demo did."""

    plan: PlanReference
    publication_letters: int
    played: Played
    rounds: Rounds
    delivered: Delivery


_LETTER_HEADINGS = (N_("To"), N_("Letter"), N_("Why"))
_QUIET_HEADINGS = (N_("Unit"), N_("Why not"))

_KINDS = {
    LetterKind.DAILY: Phrase("daily letter"),
    LetterKind.WEEKLY: Phrase("weekly summary"),
    LetterKind.DIGEST: Phrase("office digest"),
    LetterKind.ESCALATION: Phrase("report to the leadership"),
    LetterKind.DECISION: Phrase("decision"),
    LetterKind.PUBLICATION: Phrase("plan published"),
    LetterKind.CLOSING: Phrase("closing summary"),
    LetterKind.SIGN_IN: Phrase("sign-in link"),
    LetterKind.ALARM: Phrase("alarm"),
}


def print_demo(shown: Shown, board: Board, mail: MailDay, settings: Settings, session: Session) -> None:
    """The whole report, in the order in which a visitor asks."""
    translate = session.translate
    _title(board.plan.title, session)
    _print_done(shown, session)
    _title(Phrase("The board on {day}", {"day": _long(board.as_of, session)}), session)
    print_counts(board.counts, session)
    print_rows([row for row in board.rows if wants_attention(row)], session)
    _title(Phrase("Who gets which letter today, and why"), session)
    _print_mail(mail, session)
    _title(Phrase("Where to read on"), session)
    values = {"home": settings.home, "inbox": inbox_folder(settings)}
    output.say(Phrase("Home (throw-away, stays until you delete it): {home}", values), translate)
    output.say(Phrase("Letters as delivered (a Maildir): {inbox}", values), translate)
    output.say(Phrase("Any verb works there: DONDOC_HOME={home} dondoc status --as-of {day}",
                      values | {"day": board.as_of.isoformat()}), translate)  # fmt: skip


def _print_done(shown: Shown, session: Session) -> None:
    language, played = session.language, shown.played
    values = {
        "letters": count(shown.publication_letters, language),
        "rounds": count(played.rounds, language),
        "reports": count(played.reports, language),
        "season": count(played.letters, language),
    }
    done = (
        Phrase("Published the plan; letters to units: {letters}.", values),
        Phrase(
            "Played the season before: {rounds} rounds, {season} letters, {reports} reports. "
            "The reports are samples and marked as such.",
            values,
        ),
        rounds.summary(shown.rounds.total, session),
        *rounds.remarks(shown.rounds, session),
        delivery.summary(shown.delivered, session),
    )
    for said in done:
        output.say(said, session.translate)


def _print_mail(mail: MailDay, session: Session) -> None:
    headings = [session.translate(heading) for heading in _LETTER_HEADINGS]
    if mail.told:
        output.table(headings, [_told(one, session) for one in mail.told])
    headings = [session.translate(heading) for heading in _QUIET_HEADINGS]
    if mail.quiet:
        output.say(Phrase("These hear nothing today:"), session.translate)
        rows = [(quiet.unit_name, _reason(quiet, session)) for quiet in mail.quiet]
        output.table(headings, rows)
    kinds = (
        f"{words.say(session.translate)} {count(mail.so_far[kind], session.language)}"
        for kind, words in _KINDS.items()
        if mail.so_far.get(kind)
    )
    values = {"kinds": tuple(kinds)}
    output.say(Phrase("Letters of the season so far: {kinds}.", values), session.translate)


def _told(one: Told, session: Session) -> tuple[str, ...]:
    recipient, translate = one.letter.recipient, session.translate
    by_mail = recipient.channel is Channel.MAIL
    how = recipient.address if by_mail else CHANNEL_WORDS[recipient.channel].say(translate)
    to = f"{recipient.salutation} ({how})"
    return to, _KINDS[one.letter.kind].say(translate), one.why


def _reason(quiet: QuietSince, session: Session) -> str:
    if not quiet.holding:
        return Phrase("all its work is done").say(session.translate)
    values: dict[str, object] = {"count": count(quiet.holding, session.language), "day": "-"}
    if quiet.next_due is not None:
        values["day"] = date_short(quiet.next_due, session.language)
    if quiet.last is None:
        said = Phrase("nothing new; holds {count}, the nearest date is {day}", values)
    else:
        letter = quiet.last.letter
        values |= {"kind": _KINDS[letter.kind], "on": date_short(letter.as_of, session.language)}
        said = Phrase(
            "nothing new since its {kind} of {on}; holds {count}, the nearest date is {day}", values
        )
    return said.say(session.translate)


def _title(text: Phrase | str, session: Session) -> None:
    said = text if isinstance(text, str) else text.say(session.translate)
    print(f"\n{said}\n{'=' * min(len(said), 80)}")


def _long(day: date, session: Session) -> str:
    return date_long(day, session.language)
