"""Moving: what units and the office do to assignments, carried out once however often a call is repeated."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Body, Header, Request

from plan_definitions.diagnostics import Phrase
from web.api.callers import Caller, Mover
from web.api.documents import NOT_ALLOWED, NOT_FOUND, REFUSED, UNREADABLE
from web.api.fields import InPath
from web.api.handed_in import FormHandedIn, described
from web.api.moves import EXAMPLES, AnyMove, Move, is_units_own
from web.api.problems import Kind, TurnedAway
from web.api.reading import check_assignment_seen
from web.api.rows import Moved, in_full
from web.uploaded import discard, kept_files
from web.window import Window, window_of
from workflows.engine.orders import Actor, Order
from workflows.engine.states import Verb
from workflows.engine.words import VERB_WORDS
from workflows.operations.answers import carry_out_once
from workflows.operations.api_tokens import actor_of
from workflows.operations.evidence.kept_files import KeptFile
from workflows.operations.move import PlanReference
from workflows.store.records import Scope
from workflows.texts import N_

router = APIRouter(responses=NOT_ALLOWED | NOT_FOUND | REFUSED | UNREADABLE)

OnceKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[!-~]+$",
        description="A text of your own, new for each move and the same when a call is repeated: the move is "
        "made once. Kept for 90 days.",
    ),
]


@router.post("/plans/{plan}/moves", summary=N_("Make a move"), tags=["work"])
def move(
    request: Request,
    caller: Mover,
    plan: InPath,
    asked: Annotated[AnyMove, Body(discriminator="verb", openapi_examples=dict(EXAMPLES))],
    once: OnceKey,
) -> Moved:
    """One of the moves that `dondoc task` knows, judged by the same rules and told to the same people.

    A token with `move:unit` makes the moves of its units; one with `move:office` those of the standing
    office, which may also write down a unit's word (`on_behalf_of`, `via`).
    """
    check_assignment_seen(caller, asked.assignment)
    _check_scope(caller, Verb(asked.verb))
    return _carry_out(window_of(request), caller, plan, asked, once)


@router.post(
    "/plans/{plan}/evidence", summary=N_("Hand in files as evidence"), tags=["work"],
    openapi_extra=described(),
)  # fmt: skip
def evidence(request: Request, caller: Mover, plan: InPath, form: FormHandedIn, once: OnceKey) -> Moved:
    """The move `evidence` with its files: photographs, PDF or office documents, as the window takes them.

    Hand them in before the report or after it.
    """
    window = window_of(request)
    check_assignment_seen(caller, form.asked.assignment)
    with kept_files(window.settings.home, form.files) as files:
        moved = _carry_out(window, caller, plan, form.asked, once, files)
        if moved.repeated:
            discard(files)
    return moved


def _check_scope(caller: Caller, verb: Verb) -> None:
    if not caller.may(Scope.MOVE_OFFICE) and not is_units_own(verb):
        raise TurnedAway(
            Kind.NOT_ALLOWED,
            Phrase("Only the standing office does this: {verb}.", {"verb": VERB_WORDS[verb]}),
        )


def _carry_out(
    window: Window, caller: Caller, plan: str, asked: Move, once: str, files: Sequence[KeptFile] = ()
) -> Moved:
    def order(speaker: Actor) -> Order:
        return replace(asked.order(actor_of(caller.token, speaker)), evidence_files=len(files))

    said = [plan, asked.model_dump(mode="json"), [(file.name, file.sha256) for file in files]]
    speaks_for = "standing_office" if caller.may(Scope.MOVE_OFFICE) else asked.assignment.split("/")[1]
    done = carry_out_once(
        window.database,
        PlanReference(caller.office, plan),
        speaks_for,
        asked.assignment,
        order,
        once=_hash("api", caller.office, caller.token.name, once),
        asked=_hash(json.dumps(said, sort_keys=True)),
        as_of=window.today(),
        now=window.now(),
        files=files,
        language=window.settings.lang,
    )
    return Moved(assignment=in_full(done.row), sequence=done.sequence, repeated=done.repeated)


def _hash(*about: str) -> str:
    """The key under which a call is remembered (nobody meets another system's keys), or what it asked for."""
    return hashlib.sha256("\n".join(about).encode()).hexdigest()
