"""Who is told when readers get a new text. Other rooms add their functions here: articles knows none of them."""

from collections.abc import Callable

# Each is called with the revision's primary key once the transaction that published it has been committed, and only
# for a text that follows one readers could see. A revision may go live later (`live_from` says when); until then it
# may be replaced, and is announced again under the same key, or taken back, and is gone.
when_text_changes: list[Callable[[int], None]] = []


def announce(revision_pk: int) -> None:
    """Call everybody who asked to be told. Each takes care of its own slowness and its own faults."""
    for tell in when_text_changes:
        tell(revision_pk)


# Each is called with the primary key of an article that was retired, once that has been committed.
when_retired: list[Callable[[int], None]] = []


def announce_retirement(article_pk: int) -> None:
    """The same for an article that was retired."""
    for tell in when_retired:
        tell(article_pk)
