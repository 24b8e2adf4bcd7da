"""Moving: what units and the office do to assignments, carried out once however often a call is repeated."""

import hashlib
import json
from typing import Annotated

from fastapi import APIRouter, Body, Header, Request

from plan_definitions.diagnostics import Phrase
from web.api.callers import Caller, Mover
from web.api.documents import NOT_ALLOWED, NOT_FOUND, REFUSED, UNREADABLE
from web.api.fields import InPath
from web.api.moves import EXAMPLES, AnyMove, Move, is_units_own
from web.api.problems import Kind, TurnedAway
from web.api.reading import check_assignment_seen
from web.api.rows import Moved, in_full
from web.window import Window, window_of
from workflows.engine.orders import Actor, Order
from workflows.engine.states import Verb
from workflows.engine.words import VERB_WORDS
from workflows.operations.answers import Answer, carry_out_once
from workflows.operations.api_tokens import actor_of
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
    window, verb = window_of(request), Verb(asked.verb)
    check_assignment_seen(caller, asked.assignment)
    _check_scope(caller, verb)
    done = _carry_out(window, caller, plan, asked, once)
    return Moved(assignment=in_full(done.row), sequence=done.sequence, repeated=done.repeated)


def _check_scope(caller: Caller, verb: Verb) -> None:
    if not caller.may(Scope.MOVE_OFFICE) and not is_units_own(verb):
        raise TurnedAway(
            Kind.NOT_ALLOWED,
            Phrase("Only the standing office does this: {verb}.", {"verb": VERB_WORDS[verb]}),
        )


def _carry_out(window: Window, caller: Caller, plan: str, asked: Move, once: str) -> Answer:
    def order(speaker: Actor) -> Order:
        return asked.order(actor_of(caller.token, speaker))

    speaks_for = "standing_office" if caller.may(Scope.MOVE_OFFICE) else asked.assignment.split("/")[1]
    return carry_out_once(
        window.database,
        PlanReference(caller.office, plan),
        speaks_for,
        asked.assignment,
        order,
        once=_hash("api", caller.office, caller.token.name, once),
        asked=_hash(plan, json.dumps(asked.model_dump(mode="json"), sort_keys=True)),
        as_of=window.today(),
        now=window.now(),
        language=window.settings.lang,
    )


def _hash(*about: str) -> str:
    """The key under which a call is remembered (nobody meets another system's keys), or what it asked for."""
    return hashlib.sha256("\n".join(about).encode()).hexdigest()
