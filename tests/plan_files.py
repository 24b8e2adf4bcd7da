"""Plan files as editors load them: YAML 1.2, where a date is a text and `yes` is a word."""

from __future__ import annotations

import re
from typing import Any

import yaml


class EditorLoader(yaml.SafeLoader):
    """The core schema of YAML 1.2 with merge keys, as yaml-language-server reads files."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - declared so by the class above


def _whole_number(_: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    return int(node.value)


for _tag, _pattern, _first in (
    ("bool", "^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", "^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?$", "-+.0123456789"),
    ("null", "^(?:~|null|Null|NULL|)$", ("~", "n", "N", "")),
    ("merge", "^<<$", "<"),
):
    EditorLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))
EditorLoader.add_constructor("tag:yaml.org,2002:int", _whole_number)


def load_as_editor(text: str) -> Any:
    """The values of a YAML text. Raises yaml.YAMLError."""
    return yaml.load(text, EditorLoader)  # noqa: S506 - a safe loader of our own
