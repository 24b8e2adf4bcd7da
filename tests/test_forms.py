"""Numbers of a form, as people write them here: a dot parts thousands, a comma begins a fraction."""

import pytest
from starlette.datastructures import FormData

from web.forms import PostedForm
from workflows.errors import WrongUse


def number(written: str) -> int | None:
    return PostedForm(FormData([("n", written)])).number("n")


@pytest.mark.parametrize(
    ("written", "read"),
    [("0", 0), ("1250", 1_250), ("1.250", 1_250), ("1 250 000", 1_250_000), (" 55 ", 55), ("", None)],
)
def test_whole_numbers_are_read_with_and_without_dots(written: str, read: int | None) -> None:
    assert number(written) == read


@pytest.mark.parametrize("written", ["1,5", "12.5", "1.2500", "500.000,00", "1.25", "-3", "năm", "1e3"])
def test_what_is_no_whole_number_is_not_read_as_one(written: str) -> None:
    with pytest.raises(WrongUse, match=r"is no whole number; write it like 1250 or 1\.250"):
        number(written)


def test_a_number_without_end_is_refused() -> None:
    with pytest.raises(WrongUse, match="is too large"):
        number("9" * 40)
