"""Evidence as other systems hand it in: a form with files, read once the caller may move work."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from plan_definitions.diagnostics import Phrase
from web.api.callers import Mover
from web.api.moves import Move
from web.api.problems import Kind, TurnedAway
from web.forms import LARGEST_FIELD, MOST_FILES
from web.headers import BodyTooLarge

_MOST_FIELDS = 20


class EvidenceForm(Move):
    """The fields beside the files: those of the move `evidence`."""

    verb: Literal["evidence"] = "evidence"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """The fields and the files of a form."""

    asked: EvidenceForm
    files: list[UploadFile]


async def _handed_in(request: Request, _caller: Mover) -> HandedIn:
    """The form of this call. Raises TurnedAway, and RequestValidationError for fields that do not fit.

    FastAPI would read it before it asks who calls: anybody could make us take in megabytes.
    """
    try:
        data = await request.form(max_files=MOST_FILES, max_fields=_MOST_FIELDS, max_part_size=LARGEST_FIELD)
    except BodyTooLarge:
        raise TurnedAway(
            Kind.TOO_LARGE, Phrase("The files are too large together; hand them in one by one.")
        ) from None
    except HTTPException:
        raise TurnedAway(
            Kind.UNREADABLE,
            Phrase("Send `multipart/form-data` with at most {most} files.", {"most": MOST_FILES}),
        ) from None
    return HandedIn(_fields(data), _files(data))


def _fields(data: FormData) -> EvidenceForm:
    try:
        return EvidenceForm.model_validate({name: data[name] for name in data if name != "files"})
    except ValidationError as error:
        raise RequestValidationError(
            [{**one, "loc": ("body", *one["loc"])} for one in error.errors()]
        ) from None


def _files(data: FormData) -> list[UploadFile]:
    given = data.getlist("files")
    files = [one for one in given if isinstance(one, UploadFile)]
    if not files or len(files) < len(given):
        raise RequestValidationError([{"loc": ("body", "files"), "msg": f"1 to {MOST_FILES} files"}])
    return files


FormHandedIn = Annotated[HandedIn, Depends(_handed_in)]
"""What a form hands in."""


def described() -> dict[str, Any]:
    """The form for the description of the API."""
    schema = EvidenceForm.model_json_schema()
    for field in schema["properties"].values():
        if "anyOf" in field:  # a form has no null: what is not said is left out
            del field["default"]
            field.update(field.pop("anyOf")[0])
    one = {"type": "string", "format": "binary"}
    schema["properties"]["files"] = {"type": "array", "items": one, "minItems": 1, "maxItems": MOST_FILES}
    schema["required"].append("files")
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}
