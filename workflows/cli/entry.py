"""Where `dondoc` begins: so little that an interruption while the rest is imported shows no traceback."""

import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command line and exit."""
    try:
        from workflows.cli.main import main as call

        call()
    except KeyboardInterrupt:
        if "--debug" in sys.argv:
            raise
        sys.exit(INTERRUPTED)
