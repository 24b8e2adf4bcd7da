"""Every sentence that a person reads is in the catalogue, translated, with its fields intact."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages import Catalog, Message

from workflows import catalogues

ROOT = Path(__file__).parent.parent
FIELD = re.compile(r"%\((\w+)\)[sd]")


def catalogue_of(domain: str) -> Catalog:
    return catalogues.read(catalogues.locales(ROOT) / "vi" / "LC_MESSAGES" / f"{domain}.po", domain)


def messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def texts(message: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [message] if isinstance(message, str) else list(message or ())


def fields(text: str) -> set[str]:
    """The names of `{name}` and `%(name)s` fields."""
    if found := FIELD.findall(text):
        return set(found)
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("domain", sorted(catalogues.ROOMS))
def test_every_message_of_the_sources_is_in_the_catalogue(domain: str) -> None:
    known = {(message.id, message.context) for message in messages(catalogue_of(domain))}
    said = {(message.id, message.context) for message in messages(catalogues.extract(ROOT, domain))}
    assert said, "nothing was extracted: is babel.cfg right?"
    assert said - known == set(), "run: python -m workflows.catalogues update"


@pytest.mark.parametrize("domain", sorted(catalogues.ROOMS))
def test_every_message_is_translated_and_sure(domain: str) -> None:
    catalogue = catalogue_of(domain)
    untranslated = [m.id for m in messages(catalogue) if not all(texts(m.string))]
    assert untranslated == []
    assert [m.id for m in messages(catalogue) if m.fuzzy] == []


@pytest.mark.parametrize("domain", sorted(catalogues.ROOMS))
def test_translations_keep_the_fields(domain: str) -> None:
    wrong = []
    for message in messages(catalogue_of(domain)):
        wanted = set[str]().union(*map(fields, texts(message.id)))
        wrong += [(message.id, text) for text in texts(message.string) if text and fields(text) != wanted]
    assert wrong == []


def test_nothing_is_translated_twice_or_left_over() -> None:
    for domain in catalogues.ROOMS:
        catalogue = catalogue_of(domain)
        assert list(catalogue.obsolete) == []
        said = {message.id for message in messages(catalogues.extract(ROOT, domain))}
        assert {message.id for message in messages(catalogue)} - said == set()


def test_the_update_finds_new_messages_and_drops_old_ones(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, 'print(_("Hello {name}"))\n')
    catalogues.update(tree)
    first = path_of(tree).read_text(encoding="utf-8")
    assert 'msgid "Hello {name}"' in first
    assert "#: workflows/greeting.py\n" in first
    assert "POT-Creation" not in first
    path_of(tree).write_text(
        first.replace('msgid "Hello {name}"\nmsgstr ""', 'msgid "Hello {name}"\nmsgstr "Chào {name}"'),
        encoding="utf-8",
    )
    catalogues.update(tree)
    assert 'msgstr "Chào {name}"' in path_of(tree).read_text(encoding="utf-8")
    (tree / "workflows" / "greeting.py").write_text('raise WrongUse("Bye")\n', encoding="utf-8")
    catalogues.update(tree)
    second = path_of(tree).read_text(encoding="utf-8")
    assert 'msgid "Bye"' in second
    assert "Hello" not in second


def test_templates_are_extracted(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, "")
    (tree / "web" / "templates").mkdir()
    page = (
        "<p>{% trans n=n %}{{ n }} letter{% pluralize %}{{ n }} letters{% endtrans %}</p>{{ _('Sign out') }}"
    )
    (tree / "web" / "templates" / "page.html").write_text(page, encoding="utf-8")
    found = {message.id for message in messages(catalogues.extract(tree, "web"))}
    assert found == {"Sign out", ("%(n)s letter", "%(n)s letters")}


def test_compiled_catalogues_are_whole(tmp_path: Path) -> None:
    tree = small_tree(tmp_path, "")
    written = catalogues.compile_all(tree)
    assert [path.name for path in written] == ["dondoc.mo"]
    assert written[0].read_bytes()[:4] in (b"\xde\x12\x04\x95", b"\x95\x04\x12\xde")
    assert list(written[0].parent.glob("*.tmp")) == []


def path_of(tree: Path) -> Path:
    return catalogues.locales(tree) / "vi" / "LC_MESSAGES" / "dondoc.po"


def small_tree(folder: Path, source: str) -> Path:
    """A source tree with an empty catalogue and one module."""
    for room in ("workflows", "notifications", "web", "plan_definitions"):
        (folder / room).mkdir()
    shutil.copy(ROOT / "babel.cfg", folder)
    path_of(folder).parent.mkdir(parents=True)
    header = 'msgid ""\nmsgstr ""\n"Language: vi\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n'
    path_of(folder).write_text(header + '"Content-Type: text/plain; charset=utf-8\\n"\n', encoding="utf-8")
    (folder / "workflows" / "greeting.py").write_text(source, encoding="utf-8")
    return folder


@pytest.mark.parametrize("other_name", ["lịch sử", "bảng theo dõi"])
def test_the_history_and_the_board_have_one_name_everywhere(other_name: str) -> None:
    said = [
        text
        for domain in catalogues.ROOMS
        for m in messages(catalogue_of(domain))
        for text in texts(m.string)
    ]
    assert [text for text in said if other_name in text.casefold()] == []
