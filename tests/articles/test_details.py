"""What a revision stores beside its text."""

import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.details import Details, Source, Writer, names_in_line


@pytest.mark.parametrize(
    ("names", "line"),
    [
        ([], ""),
        (["Ada"], "Ada"),
        (["Ada", "Bea"], "Ada and Bea"),
        (["Ada", "Bea", "Cy"], "Ada, Bea and Cy"),
        (["Ada", "Bea", "Cy", "Dee"], "Ada, Bea, Cy and Dee"),
    ],
)
def test_names_in_line(names: list[str], line: str) -> None:
    assert names_in_line(names) == line


@given(
    st.builds(
        Details,
        writers=st.lists(st.builds(Writer, name=st.text(), slug=st.text()), max_size=2).map(tuple),
        references=st.lists(st.builds(Source), max_size=2).map(tuple),
        learning_objectives=st.lists(st.text(), max_size=2).map(tuple),
        last_reviewed_on=st.none() | st.dates(),
        review_due_on=st.none() | st.dates(),
    )
)
def test_details_come_back_as_they_were_stored(details: Details) -> None:
    stored = json.loads(json.dumps(details.to_json()))
    assert stored == details.to_json()
    assert Details.from_json(stored) == details


def test_an_older_revision_may_lack_anything() -> None:
    assert Details.from_json({}) == Details()
    assert Details.from_json({"last_reviewed_on": "2026-01-02"}).last_reviewed_on == datetime.date(2026, 1, 2)
