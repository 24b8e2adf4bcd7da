"""What Prefect must find in its environment before it is imported: locked, offline, inside the home.

Left to itself Prefect keeps its files in `~/.prefect`, answers cross-origin POSTs without authentication,
reports usage to its makers, and starts an unlocked server of its own where it finds none.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from workflows.home import Home

_KEPT = frozenset({"PREFECT_API_DATABASE_CONNECTION_URL", "PREFECT_SERVER_DATABASE_CONNECTION_URL"})
"""Prefect's own settings that an operator may choose: where its server keeps its records."""


def prefect_folder(home: Home) -> Path:
    """The folder of Prefect's database, logs and pages."""
    return home.path / "prefect"


def auth_string(home: Home) -> str:
    """The user and password that the API asks for, made once and kept in the home."""
    return f"dondoc:{home.secret('prefect_auth')}"


def client_environment(home: Home, address: str) -> dict[str, str]:
    """The variables for a process that runs flows against the server at `address` (http://HOST:PORT)."""
    return {
        "PREFECT_HOME": str(prefect_folder(home)),
        "PREFECT_API_URL": f"{address}/api",
        "PREFECT_API_AUTH_STRING": auth_string(home),
        # Without a server a run fails; a second, unlocked one is never started in silence.
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
        "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
        "PREFECT_CLIENT_METRICS_ENABLED": "false",
        "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
        "PREFECT_CLI_PROMPT": "false",
        "DO_NOT_TRACK": "1",
        # Runs log to the server, where they can be read; the terminal belongs to the command, which says in
        # a sentence what Prefect would print as a traceback.
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    }


def server_environment(home: Home, address: str, *, pages: bool) -> dict[str, str]:
    """The whole environment of a server at `address`; `pages` says whether it shows its own window."""
    inherited = {name: value for name, value in os.environ.items() if not _is_foreign(name)}
    return {
        **inherited,
        **client_environment(home, address),
        "PREFECT_SERVER_API_AUTH_STRING": auth_string(home),
        # Its own pages come from its own origin; no other origin has anything to ask.
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": address,
        "PREFECT_SERVER_UI_ENABLED": str(pages).lower(),
        "PREFECT_SERVER_UI_API_URL": f"{address}/api",
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(prefect_folder(home) / "pages"),
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        # Runs of the last 90 days are enough to see what happened; without this they pile up for ever.
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "WARNING",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PYTHONSAFEPATH": "1",
    }


@contextmanager
def surroundings(values: Mapping[str, str]) -> Iterator[None]:
    """Put `values`, and no other of Prefect's variables, into this process's environment for a while."""
    before = {name: value for name, value in os.environ.items() if _is_foreign(name) or name in values}
    _replace(before, values)
    try:
        yield
    finally:
        _replace(values, before)


def _is_foreign(name: str) -> bool:
    return name.startswith("PREFECT_") and name not in _KEPT


def _replace(old: Mapping[str, str], new: Mapping[str, str]) -> None:
    for name in old:
        os.environ.pop(name, None)
    os.environ.update(new)
    # Prefect reads the environment when it is imported; where that has happened, it must look again.
    if "prefect.context" in sys.modules:
        sys.modules["prefect.context"].refresh_global_settings_context()
