"""The JSON Schemas: in step with the reader, the committed copies and the catalogue."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator
from plan_files import load_as_editor

import plan_definitions
from plan_definitions.explanations import EXPLANATIONS
from plan_definitions.json_schema import FileKind, json_schema
from plan_definitions.load import load_plan
from workflows.texts import Language, translator

ROOM = Path(plan_definitions.__file__).parent
PLANS = Path(__file__).parent / "plans"
SHARED = {"units": FileKind.UNITS, "calendar": FileKind.CALENDAR, "clauses": FileKind.CLAUSES}

STRUCTURAL = {
    "amount-too-large", "date-expression", "date-form", "distance", "empty-file", "flag", "format-version",
    "identifier", "missing-key", "negative", "no-tasks", "out-of-range", "reminder", "repeat", "threshold",
    "unknown-key", "unknown-word", "weekday", "wrong-shape", "zero-distance",
}  # fmt: skip
"""Mistakes in one value by itself, which a schema can see."""

EITHER = {"amount", "not-text", "empty-value", "too-deep", "too-many-aliases"}
"""Mistakes that JSON may hide (300.000 is a number there, `on` a text) or show."""

_EXPECTATION = re.compile(r"^# expect: (\S+) (?:(\S+) )?\d+:\d+$", re.MULTILINE)


def validator(kind: FileKind) -> Draft7Validator:
    return Draft7Validator(json_schema(kind, str))


def kind_of(path: Path) -> FileKind:
    name = path.stem
    return FileKind.CLAUSES if name.startswith("dieu_khoan") else SHARED.get(name, FileKind.PLAN)


def bad_plans() -> Iterator[tuple[Path, Any, set[str]]]:
    """Bad plans that YAML itself lets pass, with the codes of the mistakes in the plan file."""
    for path in sorted((PLANS / "bad").glob("*.yaml")):
        try:
            text = path.read_bytes().decode("utf-8-sig")
            document = load_as_editor(text)
        except (yaml.YAMLError, UnicodeDecodeError):
            continue
        yield path, document, {code for code, file in _EXPECTATION.findall(text) if not file}


BAD = list(bad_plans())


@pytest.mark.parametrize("kind", FileKind)
def test_the_schema_is_a_schema(kind: FileKind) -> None:
    Draft7Validator.check_schema(json_schema(kind, str))


@pytest.mark.parametrize(
    "path",
    [*(PLANS / "good").glob("*.yaml"), *(ROOM / "kim_thanh").glob("*.yaml")],
    ids=lambda path: f"{path.parent.name}-{path.stem}",
)
def test_what_the_reader_accepts_the_schema_accepts(path: Path) -> None:
    document = load_as_editor(path.read_text("utf-8"))
    assert [error.message for error in validator(kind_of(path)).iter_errors(document)] == []


@pytest.mark.parametrize(("path", "document", "codes"), BAD, ids=[path.stem for path, _, _ in BAD])
def test_a_bad_plan_fails_the_schema_where_one_value_is_wrong_and_only_there(
    path: Path, document: Any, codes: set[str]
) -> None:
    valid = validator(FileKind.PLAN).is_valid(document)
    if codes & STRUCTURAL:
        assert not valid
    elif not codes & EITHER:
        assert valid, [e.message for e in validator(FileKind.PLAN).iter_errors(document)]


def test_each_structural_mistake_has_a_bad_plan() -> None:
    assert set().union(*(codes for _, _, codes in BAD)) >= STRUCTURAL


VALUES: list[tuple[str, object]] = [
    ("due", "opens"), ("due", "opens - 7 working days"), ("due", "opens -7 days"),
    ("due", "2026-06-05 + 1 week"), ("due", "opens + 0 days"), ("due", "opens 7 days"),
    ("due", "01/6/2026"), ("due", "opens + 7 months"), ("due", 5), ("due", ""),
    ("start", "opens + 007 days"), ("start", ["opens"]), ("complete_when", "all"), ("complete_when", "80%"),
    ("complete_when", 1), ("complete_when", "101%"), ("complete_when", 0), ("roll", "next"),
    ("roll", "later"), ("evidence", "required"), ("evidence", "photo"), ("none_allowed", True),
    ("none_allowed", "yes"), ("none_allowed", "maybe"), ("after", "other"),
    ("after", [{"task": "other", "lag": "1 working day"}]), ("after", [{"task": "other", "lag": "soon"}]),
    ("after", [{"lag": "1 day"}]), ("indicators", {"a": {"title": "x"}}),
    ("indicators", {"A": {"title": "x"}}), ("indicators", {"a": {"title": "x", "target": -1}}),
    ("lead", {"each": "all", "of": "x"}),
    ("budget", [{"item": "x", "quantity": 1, "unit_price": 2, "source": "y"}]), ("budget", [{"item": "x"}]),
    ("title", 2026), ("title", True), ("note", "x"), ("was", "Old"), ("nothing", 1),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value"), VALUES, ids=[f"{key}={value}" for key, value in VALUES])
def test_reader_and_schema_judge_a_value_alike(tmp_path: Path, key: str, value: Any) -> None:
    task = {"title": "Việc", "lead": {"each": "all"}, "due": "opens + 30 days", key: value}
    other = {"title": "Việc khác", "lead": "vhxh", "due": "opens - 30 days"}
    document = {
        "format": 1, "id": "ke-hoach", "title": "Kế hoạch",
        "units": "units.yaml", "calendar": "calendar.yaml",
        "anchors": {"opens": "2026-06-01"}, "ladders": {"default": {"remind": ["on the day"]}},
        "tasks": {"work": task, "other": other},
    }  # fmt: skip
    (tmp_path / "units.yaml").write_text(
        "office: xa\nroles: {standing_office: vhxh, deputy_chair: vhxh, chair: vhxh}\n"
        "units: {vhxh: {name: P, contacts: [{id: a, title: T, channel: paper}]}}\ngroups: {all: [vhxh]}\n",
        encoding="utf-8",
    )
    (tmp_path / "calendar.yaml").write_text("vouched: [2026]\n", encoding="utf-8")
    text = yaml.safe_dump(document, allow_unicode=True)
    (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
    accepted = load_plan(tmp_path / "plan.yaml").schedule is not None
    assert validator(FileKind.PLAN).is_valid(load_as_editor(text)) == accepted


@pytest.mark.parametrize("kind", FileKind)
def test_the_committed_copy_is_in_step(kind: FileKind) -> None:
    """Written by `dondoc schema KIND > plan_definitions/schema/KIND.schema.json`."""
    committed = json.loads((ROOM / "schema" / f"{kind}.schema.json").read_text("utf-8"))
    assert committed == json_schema(kind, translator(Language.VI))


def test_the_shipped_files_point_to_their_schemas() -> None:
    for path in (ROOM / "kim_thanh").glob("*.yaml"):
        first = path.read_text("utf-8").splitlines()[0]
        assert first == f"# yaml-language-server: $schema=../schema/{kind_of(path)}.schema.json"


def _paths(
    schema: Mapping[str, Any], path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Every key of a schema with its path, and what stands there."""
    for key, value in schema.get("properties", {}).items():
        yield (*path, key), value
        yield from _paths(value, (*path, key))
    if isinstance(schema.get("additionalProperties"), Mapping):
        yield (*path, "*"), schema["additionalProperties"]
        yield from _paths(schema["additionalProperties"], (*path, "*"))
    for inner in (*([schema["items"]] if "items" in schema else []), *schema.get("anyOf", ())):
        yield from _paths(inner, path)


def test_every_key_is_explained_in_both_languages() -> None:
    explained = set()
    for kind in FileKind:
        english = dict(_paths(json_schema(kind, str), (kind,)))
        for path, value in _paths(json_schema(kind, translator(Language.VI)), (kind,)):
            assert value.get("description"), path
            assert value["description"] != english[path]["description"], path
            explained.add(".".join(path))
    assert explained == set(EXPLANATIONS), "explanations of keys that do not exist"
