"""The small sentences of a plan: `launch - 7 working days`, `every friday from opens to closes`, `80%`."""

import re
from datetime import date

from plan_definitions.diagnostics import Phrase, Report, did_you_mean
from plan_definitions.forms import Form, date_meant, parse_date, scalar
from plan_definitions.model import Away, DateExpression, Offset, Repeat, Step, Threshold
from plan_definitions.source import Place
from plan_definitions.yaml_nodes import Node, ScalarNode

MAX_STEPS = 3660
"""No plan counts further than ten years from an anchor."""

MAX_WEEKS = 52

MAX_LENGTH = 200
"""Characters of an expression: a chapter of a novel is not searched for a date."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_STEPS = {
    "day": Step.DAY,
    "days": Step.DAY,
    "working day": Step.WORKING_DAY,
    "working days": Step.WORKING_DAY,
    "week": Step.WEEK,
    "weeks": Step.WEEK,
}
_BASE = re.compile(r"\S+")
_WITH_OFFSET = re.compile(r"(\S+) +([+-]) *([0-9]+) +(working days?|days?|weeks?)")
_DISTANCE = re.compile(r"([0-9]+) +(working days?|days?|weeks?)")
_NEARLY_OFFSET = re.compile(
    r"(\S+?)\s*([-+\u2212\u2013\u2014])\s*([0-9]+)\s*(working\s*days?|days?|weeks?)", re.IGNORECASE
)
_LOOKS_LIKE_DATE = re.compile(r"[0-9]+[/.-][0-9]+[/.-][0-9]+")


def _sentence(node: Node, report: Report) -> ScalarNode:
    """The node where it is one short text."""
    found = scalar(node, report)
    if len(found.text) > MAX_LENGTH:
        message = Phrase("too long for what is expected here")
        raise report.refuse("too-long", found.place, message)
    return found


def read_date_expression(node: Node, report: Report) -> DateExpression:
    """`ANCHOR|TASK|ISO-DATE [± N day(s)|working day(s)|week(s)]`."""
    found = _sentence(node, report)
    return parse_date_expression(found.text, found.place, report)


def parse_date_expression(text: str, place: Place, report: Report) -> DateExpression:
    """The expression a text holds; raises Unreadable after reporting what is wrong with it."""
    matched = _WITH_OFFSET.fullmatch(text)
    if matched:
        base, sign, amount, step = matched.groups()
        offset = _offset(amount, step, place, report)
        signed = Offset(-offset.amount, offset.step) if sign == "-" else offset
        return DateExpression(_base(base, place, report), signed, place)
    if _BASE.fullmatch(text) and not _NEARLY_OFFSET.fullmatch(text):
        return DateExpression(_base(text, place, report), None, place)
    values = {"text": text[:60]}
    message = Phrase("`{text}` is no date such as `launch` or `launch - 7 working days`", values)
    raise report.refuse("date-expression", place, message, _offset_meant(text))


def _base(text: str, place: Place, report: Report) -> str | date:
    return parse_date(text, place, report) if _LOOKS_LIKE_DATE.fullmatch(text) else text


def _offset_meant(text: str) -> Phrase | None:
    """The expression that blanks, a long dash or a capital letter kept from being one."""
    matched = _NEARLY_OFFSET.fullmatch(text.strip())
    if not matched:
        return None
    base, sign, amount, step = matched.groups()
    step = re.sub(r"working\s*", "working ", step.lower())
    day = date_meant(base)
    meant = f"{day or base} {'+' if sign == '+' else '-'} {amount} {step}"
    return Phrase("did you mean `{name}`?", {"name": meant})


def _offset(amount: str, step: str, place: Place, report: Report) -> Offset:
    # The length keeps int() from being asked for a million digits.
    number = int(amount) if len(amount) <= len(str(MAX_STEPS)) else MAX_STEPS + 1
    if number == 0:
        message = Phrase("a distance of 0 days is none")
        raise report.refuse("zero-distance", place, message, Phrase("leave it out"))
    if number > MAX_STEPS:
        message = Phrase(
            "a distance of {amount} is too large; the limit is {limit}",
            {"amount": amount[:20], "limit": MAX_STEPS},
        )
        raise report.refuse("distance-too-large", place, message)
    return Offset(number, _STEPS[step])


def read_lag(node: Node, report: Report) -> Offset:
    """A distance after a predecessor: `1 working day`, `2 weeks`."""
    text = _sentence(node, report).text
    matched = _DISTANCE.fullmatch(text)
    if not matched:
        message = Phrase("`{text}` is no distance such as `1 working day`", {"text": text[:60]})
        raise report.refuse("distance", node.place, message)
    return _offset(matched[1], matched[2], node.place, report)


def read_working_days(node: Node, report: Report) -> int:
    """How many working days after the due date a rung is reached: `3 working days`."""
    distance = read_lag(node, report)
    if distance.step is not Step.WORKING_DAY:
        message = Phrase("a rung counts working days")
        mend = Phrase("did you mean `{name}`?", {"name": f"{distance.amount} working days"})
        raise report.refuse("distance", node.place, message, mend)
    return distance.amount


_BEFORE = re.compile(r"([0-9]+) +working days? +before")


def read_reminder(node: Node, report: Report) -> int:
    """`2 working days before` or `on the day`, as the number of working days before the due date."""
    text = _sentence(node, report).text
    if text == "on the day":
        return 0
    matched = _BEFORE.fullmatch(text)
    if not matched:
        message = Phrase(
            "`{text}` is neither `on the day` nor such as `2 working days before`", {"text": text[:60]}
        )
        raise report.refuse("reminder", node.place, message)
    return _offset(matched[1], "working days", node.place, report).amount


_REPEAT = re.compile(
    r"(?:every +(?P<weekday>[a-z]+)"
    r"|every +(?P<weeks>[0-9]{1,4}) +weeks? +on +(?P<weeks_on>[a-z]+)"
    r"|monthly +on +day +(?P<month_day>[0-9]{1,4}))"
    r",? +from +(?P<first>\S.*?) +to +(?P<last>\S.*)"
)


def read_repeat(node: Node, report: Report) -> Repeat:
    """`every WEEKDAY | every N weeks on WEEKDAY | monthly on day D, from A to B`."""
    found = _sentence(node, report)
    matched = _REPEAT.fullmatch(found.text)
    if not matched:
        message = Phrase(
            "`{text}` is no repeat such as `every friday from opens to closes`", {"text": found.text[:80]}
        )
        raise report.refuse("repeat", found.place, message)
    return Repeat(
        first=_bound(found, matched, "first", report),
        last=_bound(found, matched, "last", report),
        place=found.place,
        weekday=_weekday(found, matched, report),
        every_weeks=_counted(found, matched, "weeks", MAX_WEEKS, report) or 1,
        month_day=_counted(found, matched, "month_day", 31, report),
    )


def _within(node: ScalarNode, start: int, end: int) -> Place:
    """The place of a part of a text on one line; quotes shift it by one."""
    place = node.place
    first = place.column + start + (not node.plain)
    return Place(place.file, place.line, first, first + end - start)


def _bound(node: ScalarNode, matched: re.Match[str], name: str, report: Report) -> DateExpression:
    return parse_date_expression(matched[name], _within(node, *matched.span(name)), report)


def _weekday(node: ScalarNode, matched: re.Match[str], report: Report) -> int | None:
    group = "weekday" if matched["weekday"] else "weeks_on"
    word = matched[group]
    if word is None:
        return None
    if word not in WEEKDAYS:
        message = Phrase("`{text}` is no day of the week", {"text": word[:40]})
        raise report.refuse(
            "weekday", _within(node, *matched.span(group)), message, did_you_mean(word, WEEKDAYS)
        )
    return WEEKDAYS.index(word)


def _counted(node: ScalarNode, matched: re.Match[str], group: str, most: int, report: Report) -> int | None:
    if matched[group] is None:
        return None
    number = int(matched[group])
    if not 1 <= number <= most:
        message = Phrase("`{number}` lies outside 1 to {most}", {"number": number, "most": most})
        raise report.refuse("out-of-range", _within(node, *matched.span(group)), message)
    return number


_PERCENT = re.compile(r"(100|[1-9][0-9]?) *%")
_COUNT = re.compile(r"[1-9][0-9]{0,6}")


def read_threshold(node: Node, report: Report) -> Threshold:
    """`all`, a percentage from 1% to 100%, or a count."""
    text = _sentence(node, report).text
    if text == "all":
        return Threshold()
    if matched := _PERCENT.fullmatch(text):
        return Threshold(percent=int(matched[1]))
    if _COUNT.fullmatch(text):
        return Threshold(count=int(text))
    message = Phrase("`{text}` is none of: all, a percentage from 1% to 100%, a count", {"text": text[:40]})
    raise report.refuse("threshold", node.place, message)


def read_away(node: Node, report: Report) -> Away:
    """`2026-06-08..2026-06-12`, both days included; one day may stand alone."""
    found = _sentence(node, report)
    first_text, dots, last_text = found.text.partition("..")
    first = parse_date(first_text.strip(), found.place, report)
    last = parse_date(last_text.strip(), found.place, report) if dots else first
    if last < first:
        message = Phrase("the last day stands before the first")
        raise report.refuse("reversed-dates", found.place, message)
    return Away(first, last)


# The same forms as patterns, for editors; what a number or a name must be known for, only the reader says.
_STEP_PATTERN = "0*[1-9][0-9]* +(working days?|days?|weeks?)"
_DAYS_PATTERN = "0*[1-9][0-9]* +working days?"
_BASE_PATTERN = (
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}|(?![0-9]+[/.-][0-9]+[/.-][0-9]+(\s|$))\S+)"
    rf"( +[+-] *{_STEP_PATTERN})?"
)
_WEEKDAY_PATTERN = f"({'|'.join(WEEKDAYS)})"
_REPEAT_PATTERN = (
    f"(every +{_WEEKDAY_PATTERN}|every +0*[1-9][0-9]? +weeks? +on +{_WEEKDAY_PATTERN}"
    "|monthly +on +day +0*([1-9]|[12][0-9]|3[01]))"
    f",? +from +{_BASE_PATTERN} +to +{_BASE_PATTERN}"
)


def _matching(pattern: str) -> dict[str, str]:
    return {"type": "string", "pattern": f"^{pattern}$"}


DATE_EXPRESSION = Form(read_date_expression, _matching(_BASE_PATTERN))
LAG = Form(read_lag, _matching(_STEP_PATTERN))
WORKING_DAYS = Form(read_working_days, _matching(_DAYS_PATTERN))
REMINDER = Form(read_reminder, _matching(f"(on the day|{_DAYS_PATTERN} +before)"))
REPEAT = Form(read_repeat, _matching(_REPEAT_PATTERN))
THRESHOLD = Form(
    read_threshold,
    {
        "anyOf": [
            {"type": "string", "pattern": "^(all|(100|[1-9][0-9]?) *%)$"},
            {"type": "integer", "minimum": 1},
        ]
    },
)
AWAY = Form(read_away, {"type": "string", "pattern": "^[0-9-]{10}( *[.][.] *[0-9-]{10})?$"})
