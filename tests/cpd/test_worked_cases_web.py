"""The worked cases of docs/cpd-rules.md, section 8, by a clinician's own hands: forms in, sentences out."""

import datetime
import re
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from accounts.models import User
from cpd.models import Enrolment
from tests.conftest import logged_in
from tests.support.forms import send

# Each goes through several pages of forms.
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


class Clinician:
    """Somebody at a browser, on one day."""

    def __init__(self, user: User, day: str) -> None:
        self.user, self.client = user, Client()
        self.travel(day)

    def travel(self, day: str) -> None:
        noon = datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time(12), datetime.UTC)
        self.stop()
        self.traveller = time_machine.travel(noon, tick=False)
        self.traveller.start()
        self.client = logged_in(self.user)  # Nobody's session lasts as long as these stories.

    def stop(self) -> None:
        if hasattr(self, "traveller"):
            self.traveller.stop()

    def enrol(self, framework: str, *, joined: str = "", **titles: Any) -> Enrolment:
        send(self.client, reverse("cpd:enrolment-start"), frameworks=[framework])
        enrolment = self.user.enrolments.get(framework=framework)
        query = f"?enrolment={enrolment.pk}"
        if titles:
            send(self.client, reverse("cpd:enrolment-titles") + query, **titles)
        if joined:
            send(self.client, reverse("cpd:enrolment-numbers") + query, joined=joined)
        return enrolment

    def add(self, day: str, hours: float, **said: Any) -> None:
        send(
            self.client,
            reverse("cpd:activity-create"),
            title="Something learned",
            done_on=day,
            minutes=round(hours * 60),
            **said,
        )

    def record(self, enrolment: Enrolment, kind: str, day: str, **answers: Any) -> None:
        send(self.client, reverse("cpd:artefact-create", args=[enrolment.pk, kind]), done_on=day, **answers)

    def page(self, path: str) -> str:
        response = self.client.get(path)
        assert response.status_code == 200
        return response.text

    def findings(self, enrolment: Enrolment, cycle: str = "") -> dict[str, str]:
        """What the page says of each requirement, by its name: all words of its part of the page."""
        path = (
            reverse("cpd:cycle-detail", args=[enrolment.pk, cycle])
            if cycle
            else reverse("cpd:enrolment-detail", args=[enrolment.pk])
        )
        found = {}
        for part in BeautifulSoup(self.page(path), "html.parser").select("article.finding"):
            name = part.select_one(".finding__name")
            assert name is not None
            found[name.get_text(strip=True)] = re.sub(r"\s+", " ", part.get_text(" ", strip=True))
        assert found
        return found


@pytest.fixture
def on(reader: User) -> Any:
    """Starts a story: `on("2026-06-01")` is the clinician at that day."""
    started: list[Clinician] = []

    def start(day: str) -> Clinician:
        started.append(Clinician(reader, day))
        return started[-1]

    yield start
    for clinician in started:
        clinician.stop()


def test_8_1_singapore(on: Any) -> None:
    clinician = on("2026-06-01")
    enrolment = clinician.enrol("sg-smc", titles="pc-2y", anchor="2027-12-31", joined="2026-05-10")
    said = clinician.findings(enrolment)
    assert any("of 42 CME points" in words for words in said.values())
    assert any("of 8 CME points" in words for words in said.values())


def gdc(clinician: Clinician, joined: str = "2020-09-01") -> Enrolment:
    return clinician.enrol("uk-gdc", titles=["dentist"], anchor="2026-01-01", joined=joined)


def dental(clinician: Clinician, year: int, hours: float) -> None:
    while hours > 0:
        clinician.add(f"{year}-06-15", min(hours, 20), q__verifiable="on", q__outcome=["A"])
        hours -= 20


def test_8_2_gdc_enough_in_every_two_years(on: Any) -> None:
    clinician = on("2026-01-05")
    enrolment = gdc(clinician)
    for year, hours in ((2022, 10), (2024, 10), (2025, 80)):
        dental(clinician, year, hours)
    said = clinician.findings(enrolment, "2021-01-01")
    assert said["Verifiable CPD"].startswith("Verifiable CPD Met")
    assert said["Ten hours in any two years"].startswith("Ten hours in any two years Met")


def test_8_2_gdc_two_years_without(on: Any) -> None:
    clinician = on("2026-01-05")
    enrolment = gdc(clinician)
    for year, hours in ((2021, 45), (2022, 45), (2023, 10)):
        dental(clinician, year, hours)
    said = clinician.findings(enrolment, "2021-01-01")
    assert said["Verifiable CPD"].startswith("Verifiable CPD Met")
    assert "Not met" in said["Ten hours in any two years"]


def test_8_2_gdc_across_the_border(on: Any) -> None:
    clinician = on("2027-01-05")
    enrolment = gdc(clinician)
    dental(clinician, 2025, 4)
    dental(clinician, 2026, 5)
    pairs = clinician.findings(enrolment)["Ten hours in any two years"]
    assert "Not met" in pairs
    assert "1 January 2025 to 31 December 2026, 9 h of 10 h" in pairs


def test_8_3_pharmacist_in_australia(on: Any) -> None:
    clinician = on("2026-10-05")
    enrolment = clinician.enrol("au-pharmba")
    for day in ("2025-11-01", "2025-11-02"):
        clinician.add(day, 15, kind="reading", category="group-1")
    clinician.add("2025-12-01", 8, kind="course", category="group-2")
    said = clinician.findings(enrolment, "2025-10-01")
    total = next(words for name, words in said.items() if "36 of 40" in words or "36 credits of 40" in words)
    assert "Not met" in total
    page = clinician.page(reverse("cpd:cycle-detail", args=[enrolment.pk, "2025-10-01"]))
    assert re.search(r"Recorded, not counted:?\s*(<[^>]+>)*\s*10 credits", page)


@pytest.mark.parametrize(("educational", "reviewing", "word"), [(25, 20, "Met"), (26, 19, "Not met")])
def test_8_4_medical_board_of_australia(on: Any, educational: int, reviewing: int, word: str) -> None:
    clinician = on("2026-01-05")
    enrolment = clinician.enrol("au-mba")
    for day, hours, category in (
        ("2025-03-01", 20, "educational-activities"),
        ("2025-03-02", educational - 20, "educational-activities"),
        ("2025-04-01", reviewing, "reviewing-performance"),
        ("2025-05-01", 5, "measuring-outcomes"),
    ):
        clinician.add(day, hours, category=category)
    said = clinician.findings(enrolment, "2025-01-01")
    together = next(words for words in said.values() if "of 25 h" in words)
    assert f" {word}" in together


def irish(clinician: Clinician, planning: float) -> Enrolment:
    enrolment = clinician.enrol("ie-mpc-2025", titles="practising")
    for day, hours, category in (
        ("2025-06-01", planning, "planning"),
        ("2025-07-01", 10, "practice-review"),
        ("2025-08-01", 15, "work-based-learning"),
        ("2025-09-01", 20, "accredited-ce"),
    ):
        clinician.add(day, hours, category=category)
    return enrolment


def test_8_5_ireland_two_hours_short_with_every_category_met(on: Any) -> None:
    clinician = on("2026-05-05")
    said = clinician.findings(irish(clinician, planning=3), "2025-05-01")
    total = next(words for words in said.values() if "48 h of 50 h" in words)
    assert "Not met" in total
    for figure in ("10 h of 10 h", "15 h of 15 h", "20 h of 20 h"):
        assert any(" Met " in words and figure in words for words in said.values()), figure


def test_8_5_ireland_planning_counts_up_to_five(on: Any) -> None:
    clinician = on("2026-05-05")
    enrolment = irish(clinician, planning=9)
    page = clinician.page(reverse("cpd:cycle-detail", args=[enrolment.pk, "2025-05-01"]))
    assert re.search(r"Recorded, not counted:?\s*(<[^>]+>)*\s*4 h", page)


def test_8_6_south_africa(on: Any) -> None:
    clinician = on("2026-07-01")
    enrolment = clinician.enrol("za-hpcsa", titles="practitioner")
    for month in range(7, 13):
        clinician.add(f"2025-{month:02}-15", 5, category="clinical", stated="5")
    clinician.add("2025-06-30", 5, category="ethics", stated="5")
    said = clinician.findings(enrolment)
    assert " Met " in said["Balance of CEUs"] and "30" in said["Balance of CEUs"]
    assert "Not met" in said["Ethics CEUs"]


@pytest.mark.parametrize(("minutes", "credits"), [(52, "0.75 credits"), (53, "1 credit")])
def test_8_7_ama_rounds_to_the_nearest_quarter(on: Any, minutes: int, credits: str) -> None:
    clinician = on("2026-04-01")
    clinician.enrol("us-ama-pra")
    clinician.add("2026-03-01", minutes / 60, category="category-2")
    activity = clinician.user.activities.get()
    assert credits in clinician.page(activity.get_absolute_url())


def test_8_8_nmc(on: Any) -> None:
    clinician = on("2026-06-01")
    enrolment = clinician.enrol("uk-nmc", titles="nurse", anchor="2026-09-30")
    clinician.add("2025-01-01", 20, kind="course")
    clinician.add("2025-02-01", 15, kind="conference", participatory_minutes=900)
    said = clinician.findings(enrolment)
    assert said["CPD hours"].startswith("CPD hours Met")
    assert "Not yet" in said["Participatory hours"] and "5 h to go" in said["Participatory hours"]


def test_8_9_royal_college_of_canada(on: Any) -> None:
    clinician = on("2029-01-05")
    enrolment = clinician.enrol("ca-rcpsc-moc", anchor="2029-01-01")
    for year, credits in ((2024, 60), (2025, 20), (2026, 60), (2027, 60), (2028, 50)):
        for part in range(0, credits, 20):
            clinician.add(f"{year}-05-{1 + part // 20:02}", min(20, credits - part), category="group-accredited")
    said = clinician.findings(enrolment, "2024-01-01")
    assert any(" Met " in words and "250" in words for words in said.values())
    yearly = next(words for words in said.values() if "20 credits of 25" in words or "20 of 25" in words)
    assert "Not met" in yearly
