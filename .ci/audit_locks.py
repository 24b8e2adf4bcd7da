"""Look every package of the locks up among the known vulnerabilities: `audit_locks.py LOCK ...`.

A vulnerability ends with exit code 1, and so does a lock that pip-audit cannot read. Where nobody can be
asked, because the service does not answer or does not know a package, that is said in one loud line and the
exit code is 0: a machine without a network must be able to test.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

FOUND = 1
NOT_AUDITED = "NOT AUDITED"

_SERVICE_FAILED = re.compile(r"requests\.exceptions\.|pip_audit\._service\.|network may be blocking")
"""How pip-audit's last words show that it was the service's fault, not the lock's."""

_NAMED = re.compile(r"^[A-Za-z0-9][\w.-]*==", re.MULTILINE)


def main(locks: Sequence[str]) -> int:
    """Audit the locks and say what was found."""
    requirements = [word for lock in locks for word in ("--requirement", lock)]
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", *requirements]
    shown = ["--format", "json", "--desc", "off", "--progress-spinner", "off"]
    done = subprocess.run([*command, *shown], capture_output=True, text=True, check=False)  # noqa: S603
    if done.stdout.strip():
        return _judge(json.loads(done.stdout)["dependencies"])
    if not _SERVICE_FAILED.search(done.stderr):
        print(done.stderr, file=sys.stderr)
        return FOUND
    count = len(_packages(locks))
    _say_not_audited(count, count, done.stderr.strip().splitlines()[-1])
    return 0


def _judge(packages: Sequence[dict[str, Any]]) -> int:
    """Print the vulnerabilities, then how much could not be looked up."""
    found = list(_vulnerabilities(packages))
    for line in found:
        print(line, file=sys.stderr)
    skipped = [package for package in packages if "skip_reason" in package]
    if skipped:
        _say_not_audited(len(skipped), len(packages), skipped[0]["skip_reason"])
    audited = len(packages) - len(skipped)
    if audited:
        print(f"pip-audit: {audited} locked packages looked up, {len(found)} known vulnerabilities")
    return FOUND if found else 0


def _vulnerabilities(packages: Sequence[dict[str, Any]]) -> Iterator[str]:
    for package in packages:
        for known in package.get("vulns", ()):
            mend = ", ".join(known["fix_versions"]) or "no version yet"
            yield f"pip-audit: {package['name']} {package['version']}: {known['id']}, mended in {mend}"


def _packages(locks: Sequence[str]) -> set[str]:
    """The names that the locks pin."""
    return {name for lock in locks for name in _NAMED.findall(Path(lock).read_text(encoding="utf-8"))}


def _say_not_audited(skipped: int, of: int, why: str) -> None:
    print(f"pip-audit: {NOT_AUDITED}: {skipped} of {of} locked packages ({why[:200]})", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
