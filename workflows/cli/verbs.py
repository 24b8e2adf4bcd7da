"""The verbs of the command, in the order in which its help lists them.

A verb `next-year` lives in the module `next_year` of this room, as a function of that name, or as `app`
where it has verbs of its own; those stand here as `outbox show`. Modules are imported when their verb is
called, not before.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from workflows.texts import N_

_PLAN = "plan_definitions/kim_thanh/thang_hanh_dong_vi_tre_em_2026.yaml"


class Verb(NamedTuple):
    """What help says of a verb: a line in the list, a paragraph, and a call to copy."""

    summary: str
    detail: str
    example: str

    def module(self, name: str) -> str:
        """The full name of the module that holds the verb."""
        return f"workflows.cli.{name.replace('-', '_')}"


VERBS: Mapping[str, Verb] = MappingProxyType(
    {
        "check": Verb(
            N_("Show every mistake of a plan."),
            N_(
                "Reads the plan and the files it names, and shows every mistake where it stands. Stores "
                "nothing. Exit code 1 when there is a mistake."
            ),
            f"dondoc check {_PLAN}",
        ),
        "show": Verb(
            N_("Show a plan's tasks, owners and dates."),
            N_(
                "Works out every date and shows who does what by when, which tasks have no slack, what "
                "the plan costs and which clauses of the document nobody carries. Stores nothing."
            ),
            f"dondoc show {_PLAN} --unit health",
        ),
        "graph": Verb(
            N_("Draw a plan's tasks and what waits for what."),
            N_(
                "Draws the directed graph, coloured by who leads, with the chain that has no day to "
                "spare: SVG to open in a browser, Mermaid for documents, or DOT for Graphviz. Stores "
                "nothing."
            ),
            f"dondoc graph {_PLAN} --format svg -o graph.svg",
        ),
        "schema": Verb(
            N_("Print the JSON Schema of plan files, for editors."),
            N_(
                "With it VS Code and other editors complete and explain every key. Prints the schema of "
                "the plan file, or of units, calendar or clauses."
            ),
            "dondoc schema units",
        ),
        "next-year": Verb(
            N_("Make next year's plan from this year's."),
            N_(
                "Copies the plan with every comment and line as it stands and moves id, title and anchors "
                "by whole years: an anchor keeps its day and month unless --set gives it another. Prints "
                "every date, old and new, and what else wants a look. Never writes over a file."
            ),
            f"dondoc next-year {_PLAN} -o plan_definitions/kim_thanh/thang_hanh_dong_vi_tre_em_2027.yaml",
        ),
        "diff": Verb(
            N_("Show what differs between two plans."),
            N_(
                "Compares two plans as the people who do the work would: tasks, owners, dates, money; not "
                "lines. Tasks are the same by their id, or by `was`. Stores nothing."
            ),
            f"dondoc diff {_PLAN} new.yaml",
        ),
        "rehearse": Verb(
            N_("Play the whole period of a plan before it starts."),
            N_(
                "Plays the plan in memory with the same engine and letters and writes every letter on its "
                "day, a mail calendar as a page and for spreadsheets, and what to look at: heavy days, "
                "deadlines on days off, tasks that nobody is reminded of, escalations. Sends nothing, stores "
                "nothing."
            ),
            f"dondoc rehearse {_PLAN} --late 0.2 -o dien_tap",
        ),
        "publish": Verb(
            N_("Publish a plan, or a revision of it."),
            N_(
                "Puts the plan into the store, gives out its assignments and queues each unit's extract. "
                "Published again it is a revision: progress is kept, what changes for people is shown, "
                "and nothing happens before a yes (on the terminal, or --yes). Makes the home on first "
                "use."
            ),
            f"dondoc publish {_PLAN}",
        ),
        "close": Verb(
            N_("Close a finished plan."),
            N_(
                "Ends the plan's ladders and links; the leadership gets a letter with all counts, each unit "
                "one with its own and thanks. History stays."
            ),
            "dondoc close thang-hanh-dong-vi-tre-em-2026",
        ),
        "round": Verb(
            N_("Run the daily round."),
            N_(
                "Opens what may start, reminds, reports upwards what is late, and writes the day's "
                "letters, as a Prefect flow. Run again for the same day it does nothing twice; a day to "
                "come is refused."
            ),
            "dondoc round --as-of 2026-06-10",
        ),
        "deliver": Verb(
            N_("Send the letters that are due."),
            N_(
                "Sends through the mail server of the settings, or into the embedded inbox where none is "
                "set, as a Prefect flow. Where the server says no, letters stay queued and the exit code "
                "is 3."
            ),
            "dondoc deliver --now",
        ),
        "status": Verb(
            N_("Show the board: what stands where."),
            N_(
                "Counts every assignment by its standing and lists those that want attention; all of them "
                "with --all, one unit's with --unit."
            ),
            "dondoc status --unit thon-2",
        ),
        "task": Verb(
            N_("Start, report, check, re-date: one move on one assignment."),
            N_(
                "Makes a move in the name of --by, and records for the office what a unit said (--via, "
                "--on-behalf-of). A move that the rules do not allow changes nothing. Prints the "
                "assignment as it stands then."
            ),
            "dondoc task submit gift-invite/thon-4 --by vhxh --via phone --said-by 'Trưởng Thôn 4'",
        ),
        "message": Verb(
            N_("The text for a unit: to paste into Zalo or read out."),
            N_(
                "Prints what a unit should hear today in one paragraph, with a link where the window has "
                "a public address. How to reach the unit goes to stderr."
            ),
            "dondoc message thon-3",
        ),
        "history": Verb(
            N_("Show what happened to an assignment."),
            N_("Lists every record, oldest first: when, what, who, on whose behalf, by which way."),
            "dondoc history hazard-signs/thon-5",
        ),
        "audit": Verb(
            N_("Verify that no history was changed."),
            N_(
                "Recomputes the chain of every plan's records. Exit code 1 where a record was changed, "
                "added or cut off."
            ),
            "dondoc audit",
        ),
        "outbox": Verb(
            N_("Show the letters and what became of them."),
            N_(
                "Lists letters, oldest first, perhaps only those in one state (queued, sending, "
                "deferred, in_doubt, to_hand_over, sent, dead, superseded, expired, handed_over)."
            ),
            "dondoc outbox --state to_hand_over",
        ),
        "outbox show": Verb(
            N_("Show one letter's text."),
            N_("Prints the text as sent, or as it would be sent; links are neutralised."),
            "dondoc outbox show 12",
        ),
        "outbox retry": Verb(
            N_("Send a letter again."),
            N_(
                "Has a letter that waits, died or came too late sent at the next delivery, attempts "
                "counted anew."
            ),
            "dondoc outbox retry 12",
        ),
        "outbox handed-over": Verb(
            N_("Tick off a text that was passed on by hand."),
            N_("Notes that somebody pasted it into Zalo, read it out or carried the sheet."),
            "dondoc outbox handed-over 12 --by vhxh",
        ),
        "demo": Verb(
            N_("Show it all on the shipped plan, in a throw-away home."),
            N_(
                "Publishes the plan as of 11 May 2026, plays the season up to the day with sample "
                "reports, runs that day's round and delivery through Prefect for real, prints the board "
                "and who got which letter and why, then serves the window. Touches no home of yours."
            ),
            "dondoc demo --as-of 2026-06-10 --no-serve",
        ),
        "up": Verb(
            N_("Run everything an office needs, until stopped."),
            N_(
                "Keeps Prefect's server, the daily round at 07:00, delivery and the window running, and "
                "starts again whatever dies. After downtime it makes up for one round, today's. Letters "
                "leave as soon as they are written. One `up` for a home; stop it with Ctrl-C or SIGTERM."
            ),
            "dondoc up --port 8000 --root-path /dondoc --proxy 127.0.0.1",
        ),
        "doctor": Verb(
            N_("Check everything that a real run depends on."),
            N_(
                "Looks at Python, packages, Prefect, home and secrets, disk, clock, database, mail server (a "
                "login, no letter), addresses, calendar, rounds and letters, and at `dondoc up`; says how to "
                "mend what is not in order, with exit code 1."
            ),
            "dondoc doctor",
        ),
        "backup": Verb(
            N_("Write everything an office would miss into one file."),
            N_(
                "Copies the database, evidence, the inbox and the keys, also while `dondoc up` runs. The "
                "file is readable by its owner only and never written over. With PostgreSQL use pg_dump "
                "(docs/scale.md)."
            ),
            "dondoc backup /var/backups/dondoc-2026-06-10.tar.gz",
        ),
        "restore": Verb(
            N_("Make the home anew from a backup."),
            N_(
                "Unpacks beside the home, verifies every file and the whole history, and only then puts it "
                "in place. Refuses a home that is not empty; --force puts that one aside."
            ),
            "dondoc restore /var/backups/dondoc-2026-06-10.tar.gz",
        ),
        "web": Verb(
            N_("Serve the window: the pages of units, office and leadership."),
            N_(
                "Serves the pages that letters lead to, until stopped. Behind a proxy say where it has put "
                "them (--root-path) and whose headers to believe (--proxy)."
            ),
            "dondoc web --port 8000",
        ),
        "signin": Verb(
            N_("Print a sign-in link for somebody."),
            N_(
                "For an address of units.yaml: a link that lets its holder into the window, once, within "
                "15 minutes, for the operator to hand over where mail does not arrive."
            ),
            "dondoc signin vhxh@kim-thanh.example",
        ),
        "revoke": Verb(
            N_("End the links that somebody holds."),
            N_(
                "For whoever left, or passed a link on: every link, short code, calendar address and "
                "session that a contact has had so far ends at once. The next letter carries new ones. Who "
                "did it stands in the history. Publishing does the same by itself for contacts who left or "
                "whose address changed."
            ),
            "dondoc revoke thon-2/head",
        ),
        "erase": Verb(
            N_("Erase a free text from the history."),
            N_(
                "For a name that slipped into a note or a reason: erases the text of one record for good. "
                "The record itself and who erased it when stay, and `audit` still finds the history whole. "
                "`dondoc history` shows the records' numbers. Backups made before still hold the text."
            ),
            "dondoc erase hazard-signs/thon-5 31",
        ),
        "token": Verb(
            N_("Let other systems use the API."),
            N_(
                "Makes, lists and revokes the tokens that other systems show to the API (docs/api.md). Only "
                "the hash of a token is kept; what it moves stands in the history under its name."
            ),
            "dondoc token list",
        ),
        "token create": Verb(
            N_("Make a token for another system and print it, this once."),
            N_(
                "The token may only read unless --scope says more. With --unit it sees and moves the work of "
                "these units alone; move:unit needs them. move:office decides as the standing office does. A "
                "name is given once and never again."
            ),
            "dondoc token create e-office --scope read --scope move:office --days 365",
        ),
        "token list": Verb(
            N_("List the tokens: what each may do, until when, when it was used last."),
            N_("Lists every token the office ever made, also revoked ones, the newest first."),
            "dondoc token list",
        ),
        "token revoke": Verb(
            N_("End a token at once."),
            N_("Whoever shows it from now on is refused. The name stays taken."),
            "dondoc token revoke e-office",
        ),
    }
)
