"""One operation's view of the store."""

from collections.abc import Sequence

from sqlalchemy import Connection

from workflows.engine.records import Change
from workflows.store.api_tokens import ApiTokens
from workflows.store.assignments import Assignments
from workflows.store.changes import apply
from workflows.store.contacts import ContactVersions
from workflows.store.evidence import EvidenceShelf
from workflows.store.history import History
from workflows.store.letters import Letters
from workflows.store.notices import Notices
from workflows.store.offices import Offices
from workflows.store.plans import Plans, ScheduleCache
from workflows.store.refusals import PolicyRefusals
from workflows.store.rounds import Rounds
from workflows.store.senders import Senders
from workflows.store.sign_ins import SignIns
from workflows.store.submissions import Submissions


class Transaction:
    """The repositories on one connection. They never commit: the `with` block of the database does."""

    def __init__(self, connection: Connection, schedules: ScheduleCache) -> None:
        self._connection = connection
        self.offices = Offices(connection)
        self.plans = Plans(connection, schedules)
        self.assignments = Assignments(connection)
        self.history = History(connection)
        self.notices = Notices(connection)
        self.letters = Letters(connection)
        self.senders = Senders(connection)
        self.refusals = PolicyRefusals(connection)
        self.rounds = Rounds(connection)
        self.evidence = EvidenceShelf(connection)
        self.tokens = ContactVersions(connection)
        self.sign_ins = SignIns(connection)
        self.submissions = Submissions(connection)
        self.api_tokens = ApiTokens(connection)

    def apply(self, plan_number: int, changes: Sequence[Change]) -> list[Change]:
        """Save decisions: each move where the stored assignment is still as decided upon, its record, its
        notices. Returns the changes that were lost because somebody was first; those wrote nothing.
        """
        return apply(self._connection, plan_number, changes)
