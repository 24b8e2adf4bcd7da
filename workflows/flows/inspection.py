"""Whether Prefect is fit to run: it can be imported, and the server of `dondoc up` answers."""

import importlib
import tempfile
from pathlib import Path

from plan_definitions.diagnostics import Phrase
from workflows.flows.environment import client_environment, surroundings
from workflows.flows.server import announced_address, answers
from workflows.home import Home
from workflows.operations.upkeep.findings import Check, Finding, fine, wrong


def check_prefect() -> Finding:
    """Prefect can be imported; done in a throw-away home, since importing it makes one."""
    with tempfile.TemporaryDirectory(prefix="dondoc-") as folder:
        home = Home.create(Path(folder) / "home")
        try:
            with surroundings(client_environment(home, "http://127.0.0.1:9")):
                version = importlib.import_module("prefect").__version__
        except Exception as error:  # noqa: BLE001 - whatever an import can raise is the finding
            said = Phrase(
                "Prefect cannot be imported: {reason}", {"reason": f"{type(error).__name__}: {error}"}
            )
            return wrong(Check.PREFECT, said, Phrase("Install what requirements.lock names."))
    return fine(Check.PREFECT, Phrase("Prefect {version} can be imported", {"version": version}))


def server_answers(home: Home) -> bool:
    """Whether the server that this home's `dondoc up` announced is up."""
    address = announced_address(home)
    return address is not None and answers(home, address)
