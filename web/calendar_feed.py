"""A unit's due dates as an address that calendar programs ask again and again."""

from fastapi import APIRouter, Request, Response

from notifications import calendar_events
from notifications.calendar_events import DueDate
from notifications.speech import speech
from notifications.wording import items
from web.access import judge_link
from web.limits import BAD_LINKS
from web.pages import language_of
from web.refusals import Refused, Why
from web.window import window_of
from workflows.engine.states import Standing
from workflows.operations.reading.work import read_unit

router = APIRouter()


@router.get("/c/{token}.ics")
def feed(request: Request, token: str) -> Response:
    """Every due date that the unit holds, as it stands today. The token shows dates and can do nothing."""
    window, here = window_of(request), request.client.host if request.client else "?"
    if window.limits.exhausted("bad-link", here, BAD_LINKS, window.now()):
        raise Refused(Why.TOO_OFTEN)
    try:
        guest = judge_link(request, window.keys.links.read_calendar(token))
    except Refused:
        window.limits.allow("bad-link", here, BAD_LINKS, window.now())
        raise
    said, today = speech(language_of(request)), window.today()
    dates = [
        DueDate(
            uid=calendar_events.uid(guest.office, row.plan, row.id),
            summary=items.title(item, said),
            due=row.due,
            cancelled=row.standing is Standing.CANCELLED,
        )
        for plan in read_unit(window.database, guest.office, guest.unit, as_of=today, judge=window.judge)
        for row, item in plan.held
        if row.due is not None
    ]
    return Response(
        calendar_events.publish(dates, today),
        media_type="text/calendar; charset=utf-8",
        headers={"Cache-Control": "private, max-age=3600", "Content-Disposition": "inline"},
    )
