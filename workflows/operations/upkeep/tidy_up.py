"""What a store no longer needs, dropped once a day: nothing that anybody could still ask for."""

from datetime import datetime

from workflows.store.database import Database


def tidy_up(database: Database, *, now: datetime) -> None:
    """Drop the bytes of letters that ended 90 days ago, and the keys of forms that old.

    A letter's row, key and hash stay (docs/mail.md); a form that old is in no browser any more.
    """
    with database.write() as transaction:
        transaction.letters.drop_frozen(now)
        transaction.submissions.forget(now)
