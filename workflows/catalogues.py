"""Message catalogues: complete them from the sources, compile them for use.

    python -m workflows.catalogues            compile every .po into the .mo that the program reads
    python -m workflows.catalogues update     add message ids new in the sources, drop those that are gone

The `diagnostics` domain holds the language of plans, `web` the pages, `dondoc` everything else. Entries are
sorted by file and carry no line numbers, so that two people's additions merge. Needs Babel only: the build
hook uses it before anything is installed.
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOMS = {
    "diagnostics": ("plan_definitions",),
    "dondoc": ("workflows", "notifications"),
    "web": ("web",),
}
"""Which packages speak in which domain."""

KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "N_": None,
    "ngettext": (1, 2),
    "Phrase": (1,),
    # Speech.say and Speech.plural (notifications/speech.py).
    "say": (1,),
    "plural": (1, 2),
    # Expected failures: the message id is their first argument (workflows/errors.py).
    "DonDocError": (1,),
    "NotFound": (1,),
    "MoveRefused": (1,),
    "BackupRefused": (1,),
    "WrongUse": (1,),
    "EnvironmentRefused": (1,),
    "__init__": (1,),
}

_WIDTH = 110

_CHANGING_HEADERS = re.compile(
    rb'^"(Report-Msgid|POT-Creation|PO-Revision|Last-Translator|Language-Team|Generated-By)[^\n]*\n',
    re.MULTILINE,
)
"""Header lines that would differ from one day or machine to the next and tell nobody anything."""


def locales(root: Path) -> Path:
    """Where the catalogues of a source tree stand."""
    return root / "workflows" / "locales"


def extract(root: Path, domain: str) -> Catalog:
    """All message ids that the rooms of a domain say, as a template catalogue."""
    with (root / "babel.cfg").open(encoding="utf-8") as config:
        methods, options = parse_mapping_cfg(config)  # type: ignore[no-untyped-call]
    template = Catalog(domain=domain, charset="utf-8")
    for room in ROOMS[domain]:
        found = extract_from_dir(root / room, methods, options, keywords=KEYWORDS, comment_tags=("i18n:",))
        for file, _line, message, comments, context in found:
            if not message:  # a call that only looks like one of ours
                continue
            template.add(message, None, [(f"{room}/{file}", 0)], auto_comments=comments, context=context)
    return template


def read(path: Path, domain: str) -> Catalog:
    """A translated catalogue. Raises babel's PoFileError where the file is malformed."""
    with path.open("rb") as source:
        return read_po(source, locale=path.parent.parent.name, domain=domain, abort_invalid=True)


def translations(root: Path) -> Iterator[tuple[str, Path]]:
    """Every `.po` file of the tree with its domain."""
    for path in sorted(locales(root).glob("*/LC_MESSAGES/*.po")):
        yield path.stem, path


def update(root: Path) -> None:
    """Bring every catalogue to the message ids of the sources; no guesses at translations."""
    for domain, path in translations(root):
        translated = read(path, domain)
        translated.update(extract(root, domain), no_fuzzy_matching=True, update_header_comment=False)
        translated.obsolete.clear()
        written = BytesIO()
        write_po(written, translated, width=_WIDTH, sort_by_file=True, include_lineno=False)
        path.write_bytes(_CHANGING_HEADERS.sub(b"", written.getvalue()))


def compile_all(root: Path) -> list[Path]:
    """Write the `.mo` beside every `.po` and return the paths; readers never see half a file."""
    written = []
    for domain, path in translations(root):
        target = path.with_suffix(".mo")
        unfinished = target.with_suffix(".mo.tmp")
        with unfinished.open("wb") as out:
            write_mo(out, read(path, domain))
        unfinished.replace(target)
        written.append(target)
    return written


def main(arguments: list[str]) -> int:
    """Run one of the two commands above from anywhere in the tree."""
    root = Path(__file__).parent.parent
    if arguments == ["update"]:
        update(root)
    elif arguments:
        print(__doc__, file=sys.stderr)
        return 2
    compile_all(root)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
