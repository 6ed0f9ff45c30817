"""What an activity counts towards survives slips of the keyboard, old forms and odd figures."""

import datetime
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from cpd.models import Enrolment, Placement
from tests.factories.cpd import ActivityFactory, EnrolmentFactory, PlacementFactory
from tests.support.forms import boxes

pytestmark = pytest.mark.django_db
NEW = reverse("cpd:activity-create")


@pytest.fixture
def enrolment(reader: User) -> Enrolment:
    return EnrolmentFactory(user=reader, framework="au-mba", titles=[], anchor_on=None)


@pytest.fixture
def placed(reader: User, enrolment: Enrolment) -> Placement:
    """An hour that measured outcomes for 40 minutes and reviewed performance for 20, as the person said."""
    return PlacementFactory(
        activity=ActivityFactory(user=reader, done_on=timezone.localdate(), minutes=60),
        enrolment=enrolment,
        category="measuring-outcomes",
        split={"measuring-outcomes": 40, "reviewing-performance": 20},
        is_guess=False,
    )


def typed(**changes: Any) -> dict[str, Any]:
    plain = {"title": "A course", "kind": "course", "placed_for": "course", "minutes": "60", "id": str(uuid.uuid4())}
    return plain | {"done_on": timezone.localdate().isoformat()} | changes


def edit(client: Client, placement: Placement, **changes: str) -> Any:
    """Open the form, change something, send it, and read the page that comes back."""
    address = reverse("cpd:activity-update", args=[placement.activity_id])
    data = boxes(client.get(address)) | {name: [value] for name, value in changes.items()}
    response = client.post(address, data)
    placement.refresh_from_db()
    return response


def kept(placement: Placement) -> bool:
    is_same = placement.split == {"measuring-outcomes": 40, "reviewing-performance": 20}
    return is_same and placement.category == "measuring-outcomes" and not placement.is_guess


def test_a_slip_of_the_year_and_back(reader_client: Client, placed: Placement) -> None:
    """On the first day the body's rules are not known, so that the form has no fields about them."""
    today = placed.activity.done_on.isoformat()
    assert edit(reader_client, placed, done_on="2022-11-20").status_code == 302
    assert kept(placed)
    assert edit(reader_client, placed, done_on=today).status_code == 302
    assert kept(placed)
    placed.enrolment.refresh_from_db()
    assert placed.enrolment.habits == {}


def test_an_impossible_year_keeps_the_fields_on_the_page(reader_client: Client, placed: Placement) -> None:
    response = edit(reader_client, placed, done_on="0026-11-20")
    assert response.status_code == 422
    assert f"{placed.enrolment_id}-split-measuring-outcomes" in boxes(response)
    assert kept(placed)


def test_a_form_from_before_enrolling_leaves_the_guess(reader: User, reader_client: Client) -> None:
    data = boxes(reader_client.get(NEW)) | {"title": ["A course"], "minutes": ["60"]}
    later = EnrolmentFactory(user=reader, framework="au-mba", titles=[], anchor_on=None)
    assert reader_client.post(NEW, data).status_code == 302
    placement = Placement.objects.get(enrolment=later)
    assert placement.category == "educational-activities" and placement.is_guess
    later.refresh_from_db()
    assert later.habits == {}


@pytest.mark.parametrize("minutes", ["-1", "0", "1e5", "9" * 40, "", "nine"])
def test_odd_minutes_get_a_sentence(reader_client: Client, enrolment: Enrolment, minutes: str) -> None:
    response = reader_client.post(NEW, typed(minutes=minutes) | {f"{enrolment.pk}-shown": "1"})
    assert response.status_code == 422
    assert "There is a problem" in response.text and "A course" in response.text


@pytest.mark.parametrize("stated", ["0E+99999999999", "1e3", "NaN", "Infinity", "-1", "١", "1,5", "12345678"])
def test_odd_credits_get_a_sentence(reader: User, reader_client: Client, stated: str) -> None:
    dental = EnrolmentFactory(
        user=reader,
        framework="uk-gdc",
        titles=[{"titles": ["dentist"], "since": None}],
        anchor_on=datetime.date(2025, 1, 1),
    )
    about = {f"{dental.pk}-shown": "1", f"{dental.pk}-stated": stated, f"{dental.pk}-q-verifiable": "on"}
    response = reader_client.post(NEW, typed() | about)
    assert response.status_code == 422
    assert not reader.activities.exists()
