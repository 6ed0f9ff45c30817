"""The pages about requirements: on the tracker, all of them, one of them, an earlier cycle, and those for everybody."""

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
import time_machine
from bs4 import BeautifulSoup, Tag
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from cpd import catalogue
from cpd.models import Activity, Enrolment
from cpd.rules.engine import assess
from cpd.rules.saving import to_json
from cpd.rules.types import Enrolled
from tests.factories.cpd import (
    ActivityFactory,
    ArtefactFactory,
    EnrolmentFactory,
    FrameworkTextFactory,
    GrantFactory,
    JudgedCycleFactory,
    LeaveFactory,
    NoticeFactory,
    PlacementFactory,
    ReaderFactory,
    SittingFactory,
)

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def nurse(reader: User) -> Enrolment:
    """The reader as a nurse whose cycle ends in September 2027."""
    return EnrolmentFactory(user=reader)


def done(enrolment: Enrolment, hours: float, *, participatory: float = 0, category: str = "", on: str = "") -> Activity:
    day = datetime.date.fromisoformat(on or "2026-10-01")
    last = day + datetime.timedelta(days=int(hours // 20)) if hours > 20 else None
    activity = ActivityFactory(
        user=enrolment.user,
        done_on=day,
        done_until=last,
        minutes=round(hours * 60),
        participatory_minutes=round(participatory * 60),
    )
    PlacementFactory(enrolment=enrolment, activity=activity, category=category, is_guess=False)
    return activity


def read(client: Client, path: str) -> BeautifulSoup:
    response = client.get(path)
    assert response.status_code == 200
    return BeautifulSoup(response.text, "html.parser")


def words(part: Tag | BeautifulSoup | None) -> str:
    assert part is not None
    return re.sub(r" (?=[.,:;])", "", re.sub(r"\s+", " ", part.get_text(" ", strip=True)))


def findings(page: Tag | BeautifulSoup) -> dict[str, str]:
    return {words(part.select_one(".finding__name")): words(part) for part in page.select("article.finding")}


# --- The tracker -----------------------------------------------------------------------------------------------------


def next_step(client: Client) -> tuple[str, str, str]:
    """Sentence, button, address."""
    page = read(client, "/cpd/")
    button = page.select_one(".next .btn")
    assert button is not None
    return words(page.select_one(".next__words")), words(button), str(button["href"])


def test_somebody_new_is_asked_whom_they_answer_to(reader_client: Client) -> None:
    page = read(reader_client, "/cpd/")
    assert "Say whom you answer to" in words(page)
    assert page.select_one(f"a.btn[href='{reverse('cpd:enrolment-start')}']") is not None
    assert page.select_one(".next") is None


def test_what_is_left_comes_first_and_in_words(reader_client: Client, nurse: Enrolment) -> None:
    done(nurse, 27.5, participatory=8)
    found = findings(read(reader_client, "/cpd/"))
    assert found["CPD hours"].startswith("CPD hours Not yet 7 h 30 min to go 27 h 30 min of 35 h")
    assert found["Participatory hours"].startswith("Participatory hours Not yet 12 h to go 8 h of 20 h")
    bar = read(reader_client, "/cpd/").select_one("progress")
    assert bar is not None and (bar["value"], bar["max"]) == ("27.5", "35")
    assert bar["aria-label"] == "CPD hours: 27 h 30 min of 35 h"


def test_an_outcome_is_a_sign_and_a_word(reader_client: Client, nurse: Enrolment) -> None:
    done(nurse, 35, participatory=20)
    for pill in read(reader_client, "/cpd/").select(".outcome"):
        assert pill.select_one("svg[aria-hidden=true]") is not None and words(pill)


def test_the_next_step_is_the_nearest_requirement(reader: User, reader_client: Client, nurse: Enrolment) -> None:
    done(nurse, 27.5)
    assert next_step(reader_client) == (
        "NMC, CPD hours: 7 h 30 min to go by 30 September 2027.",
        "Add CPD",
        reverse("cpd:activity-create"),
    )


def test_the_next_step_can_be_an_artefact(reader_client: Client, nurse: Enrolment) -> None:
    done(nurse, 35, participatory=20)
    assert next_step(reader_client) == (
        "NMC, Written reflective accounts: 5 to go by 30 September 2027.",
        "Record it",
        reverse("cpd:artefact-create", args=[nurse.pk, "reflective-account"]),
    )


def test_the_next_step_can_be_a_date_a_title_or_reading(reader: User, reader_client: Client) -> None:
    enrolment = EnrolmentFactory(user=reader, anchor_on=None)
    edit = reverse("cpd:enrolment-update", args=[enrolment.pk])
    sentence, button, address = next_step(reader_client)
    assert sentence.startswith("Add the date that your NMC cycle depends on") and (button, address) == (
        "Add the date",
        edit,
    )
    Enrolment.objects.update(titles=[])
    assert next_step(reader_client)[1:] == ("Add your title", edit)
    enrolment.delete()
    EnrolmentFactory(user=reader, framework="uk-rcgp", titles=[], anchor_on=datetime.date(2027, 3, 31))
    SittingFactory(reader=ReaderFactory(user=reader))
    assert next_step(reader_client) == ("1 reading waits to be logged.", "Log your reading", "/cpd/reading/")


def test_enough_is_said_with_its_limits(reader: User, reader_client: Client, nurse: Enrolment) -> None:
    done(nurse, 35, participatory=20, on="2026-11-01")
    ArtefactFactory.create_batch(5, enrolment=nurse, kind="reflective-account", answers={"nature": "x"})
    page = read(reader_client, "/cpd/")
    assert words(page.select_one(".next__words")) == (
        "Not sure, so check with your regulator: NMC, Practice hours, 450 h to go."
    )
    said = words(page.select_one(".stand__verdict"))
    assert "Enough of what we are sure of 6 more are for you to check with your regulator." in said
    check = page.select_one(".stand .stand__check")
    assert words(check).startswith("Check with your regulator Practice hours, 450 h to go")
    assert check is not None and len(check.select("li")) == 6


def test_figures_that_are_not_sure_are_counted_apart(reader_client: Client, nurse: Enrolment) -> None:
    said = words(read(reader_client, "/cpd/").select_one(".stand__verdict"))
    assert "0 of 3 checked figures met, 6 more to check." in said
    nurse.trusts_unsure = True
    nurse.save()
    page = read(reader_client, "/cpd/")
    assert "0 of 9 requirements met." in words(page.select_one(".stand__verdict"))
    assert page.select_one(".stand__check") is None


def test_recorded_and_not_counted_is_shown(reader: User, reader_client: Client) -> None:
    enrolment = EnrolmentFactory(user=reader, framework="au-pharmba", titles=[], anchor_on=None)
    done(enrolment, 30, category="group-1", on="2026-10-10")
    for path in ("/cpd/", "/cpd/requirements/", enrolment.get_absolute_url()):
        assert "Recorded, not counted: 10 credits" in words(read(reader_client, path))


def test_several_frameworks_have_a_switch_that_needs_no_script(
    reader: User, reader_client: Client, nurse: Enrolment
) -> None:
    assert not read(reader_client, "/cpd/").select(".switch__pick")
    EnrolmentFactory(user=reader, framework="uk-hcpc", titles=[], anchor_on=datetime.date(2028, 8, 31))
    for path in ("/cpd/", "/cpd/requirements/"):
        page = read(reader_client, path)
        picks = page.select(".switch__pick")
        labels = page.select(".switch__labels label")
        assert [label["for"] for label in labels] == [pick["id"] for pick in picks]
        assert [pick.has_attr("checked") for pick in picks] == [True, False]
        assert len(page.select(".switch__panes > .stand")) == 2
        # The style sheet finds each by its place among its like.
        assert all(pick.name == "input" for pick in page.select(".switch > input"))


def test_a_notice_is_shown_until_it_is_put_away(reader: User, reader_client: Client, nurse: Enrolment) -> None:
    notice = NoticeFactory(user=reader, enrolment=nurse, text="Participatory hours were corrected.")
    for path in ("/cpd/", nurse.get_absolute_url()):
        assert "Participatory hours were corrected." in words(read(reader_client, path))
    response = reader_client.post(reverse("cpd:notice-dismiss", args=[notice.pk]), {"next": "/cpd/"})
    assert response.headers["Location"] == "/cpd/"
    assert "were corrected" not in words(read(reader_client, "/cpd/"))


def test_the_home_page_has_the_same_line(reader_client: Client, nurse: Enrolment) -> None:
    sentence, _, address = next_step(reader_client)
    page = read(reader_client, "/")
    assert words(page.select_one(".next__words")) == sentence
    button = page.select_one(".next .btn")
    assert button is not None and button["href"] == address


def test_the_home_page_of_somebody_in_no_framework_has_none(reader: User, reader_client: Client) -> None:
    ActivityFactory(user=reader)
    assert read(reader_client, "/").select_one(".next") is None


# --- All requirements ------------------------------------------------------------------------------------------------


def test_each_requirement_has_its_rule_source_and_date(reader_client: Client, nurse: Enrolment) -> None:
    page = read(reader_client, "/cpd/requirements/")
    found = findings(page)["Participatory hours"]
    assert "At least 20 of the 35 hours are participatory" in found
    assert "Source: NMC: continuing professional development. Checked 22 November 2026." in found
    source = page.select_one("article.finding .source a")
    assert source is not None and str(source["href"]).startswith("http://revalidation.nmc.org.uk/")


def test_figures_that_are_not_sure_say_so_and_stand_apart(reader_client: Client, nurse: Enrolment) -> None:
    page = read(reader_client, "/cpd/requirements/")
    assert "Check with your regulator" in findings(page)["Practice hours"]
    assert "Grade B: a secondary source or an old page." in findings(page)["Practice hours"]
    assert "Check with your regulator" not in findings(page)["CPD hours"]
    names = list(findings(page))
    assert names.index("Practice hours") > names.index("Written reflective accounts")
    nurse.trusts_unsure = True
    nurse.save()
    assert "Check with your regulator" not in words(read(reader_client, "/cpd/requirements/"))


def test_advice_is_called_recommended(reader: User, reader_client: Client) -> None:
    EnrolmentFactory(user=reader, framework="uk-rcp-federation", titles=[], anchor_on=None)
    found = findings(read(reader_client, "/cpd/requirements/"))
    assert found["Credits in the diary year"].startswith(
        "Credits in the diary year Recommended Not yet 50 credits to go"
    )


def test_the_forecast_is_told(reader: User, reader_client: Client, nurse: Enrolment) -> None:
    done(nurse, 20, participatory=1, on="2024-10-01")
    found = findings(read(reader_client, "/cpd/requirements/"))
    # 783 days for 20 hours: 588 for the other 15.
    assert "At your present pace not before 2 July 2028; the end is 30 September 2027." in found["CPD hours"]
    LeaveFactory(enrolment=nurse, first_on=datetime.date(2025, 1, 1), last_on=datetime.date(2026, 10, 31))
    found = findings(read(reader_client, "/cpd/requirements/"))
    assert "At your present pace by 16 February 2027." in found["CPD hours"]


def test_what_is_not_asked_now_is_folded_with_its_reason(reader: User, reader_client: Client) -> None:
    EnrolmentFactory(user=reader, framework="uk-gcc", titles=[], anchor_on=None, joined_on=datetime.date(2015, 1, 1))
    folded = read(reader_client, "/cpd/requirements/").select_one("details.stand__not-asked")
    assert folded is not None and not folded.has_attr("open")
    assert "Not asked of you now: 1" in words(folded) and "first cycle only" in words(folded)


def test_gaps_are_shown_with_their_dates(reader: User, reader_client: Client) -> None:
    enrolment = EnrolmentFactory(user=reader, framework="uk-hcpc", titles=[], anchor_on=datetime.date(2027, 8, 31))
    done(enrolment, 1, on="2026-02-01")
    done(enrolment, 1, on="2026-11-01")
    found = findings(read(reader_client, enrolment.get_absolute_url()))["Continuous record"]
    assert "1 February 2026 to 1 November 2026" in found and "Needs your declaration" in found


def test_a_balance_says_what_lapses_next_and_when_it_falls_below(reader: User, reader_client: Client) -> None:
    enrolment = EnrolmentFactory(
        user=reader, framework="za-hpcsa", titles=[{"titles": ["practitioner"], "since": None}], anchor_on=None
    )
    for month in range(1, 11):
        activity = done(enrolment, 4, category="clinical", on=f"2026-{month:02}-15")
        activity.placements.update(stated=Decimal(4))
    found = findings(read(reader_client, enrolment.get_absolute_url()))["Balance of CEUs"]
    # 40 CEUs, 4 of which lapse each month from January: 28 are left in March.
    assert found.startswith("Balance of CEUs Met 40 CEUs, 30 asked")
    assert "It falls below on 15 March 2027 unless you add more." in found
    assert "Lapses on 15 January 2027, 4 CEUs" in found and "And 4 more, later" in found
    assert "Due by" not in found


def test_without_its_date_a_framework_asks_for_it(reader: User, reader_client: Client) -> None:
    enrolment = EnrolmentFactory(user=reader, anchor_on=None)
    page = read(reader_client, "/cpd/requirements/")
    assert "Add the date: When does your present registration period end?" in words(page.select_one(".stand__head"))
    assert page.select_one(f"a[href='{reverse('cpd:enrolment-update', args=[enrolment.pk])}']") is not None
    assert "Cannot tell" in findings(page)["CPD hours"]


def test_a_framework_of_a_newer_release_cannot_be_told(reader: User, reader_client: Client) -> None:
    enrolment = EnrolmentFactory(user=reader, framework="mars-mc")
    for path in ("/cpd/", "/cpd/requirements/", enrolment.get_absolute_url()):
        page = words(read(reader_client, path))
        assert "mars-mc" in page and "Cannot tell" in page and "does not know these requirements" in page


def test_what_was_deleted_can_be_had_back_and_what_was_left_is_listed(
    reader: User, reader_client: Client, nurse: Enrolment
) -> None:
    EnrolmentFactory(user=reader, framework="uk-gphc", titles=[], left_on=datetime.date(2025, 1, 31))
    response = reader_client.post(reverse("cpd:enrolment-delete", args=[nurse.pk]), follow=True)
    page = BeautifulSoup(response.content, "html.parser")
    assert "You no longer track NMC revalidation. Your activities stay." in words(page)
    assert "Until 31 January 2025" in words(page)
    assert "No longer tracked, in the last 30 days" not in words(page)
    page = read(reader_client, "/cpd/requirements/")
    restore = reverse("cpd:enrolment-restore", args=[nurse.pk])
    assert page.select_one(f"form[action='{restore}'] button") is not None
    reader_client.post(restore)
    assert "CPD hours" in findings(read(reader_client, "/cpd/requirements/"))


@pytest.mark.parametrize(
    ("framework", "told"),
    [
        ("uk-nmc", "As far as we know, leave does not lower what is asked."),
        ("uk-rcgp", "It may lower what is asked: check with your regulator."),
        ("uk-gphc", "It may lower what is asked: ask, and enter what is granted."),
        ("uk-goc", "It may lower what is asked: ask, and enter what is granted."),
    ],
)
def test_who_is_on_leave_is_told_what_it_changes(
    reader: User, reader_client: Client, framework: str, told: str
) -> None:
    enrolment = EnrolmentFactory(user=reader, framework=framework, anchor_on=datetime.date(2027, 9, 30))
    LeaveFactory(enrolment=enrolment, first_on=datetime.date(2026, 6, 1), last_on=datetime.date(2027, 1, 31))
    page = read(reader_client, "/cpd/requirements/")
    assert f"You are on leave until 31 January 2027. {told}" in words(page.select_one(".stand__head"))
    grants = page.select(f".stand__head a[href='{reverse('cpd:enrolment-grants', args=[enrolment.pk])}']")
    assert len(grants) == ("granted" in told)


def test_leave_has_no_bearing_on_an_earlier_cycle(reader: User, reader_client: Client, nurse: Enrolment) -> None:
    LeaveFactory(enrolment=nurse, first_on=datetime.date(2026, 6, 1), last_on=datetime.date(2027, 1, 31))
    done(nurse, 2, on="2024-05-01")
    reader.profile.record_starts_on = datetime.date(2021, 1, 1)
    reader.profile.save()
    path = reverse("cpd:cycle-detail", args=[nurse.pk, "2021-10-01"])
    assert "You are on leave" not in words(read(reader_client, path))


def test_each_missing_part_of_a_set_can_be_recorded_by_itself(reader: User, reader_client: Client) -> None:
    gmc = EnrolmentFactory(user=reader, framework="uk-gmc", titles=[], anchor_on=datetime.date(2027, 9, 30))
    ArtefactFactory(enrolment=gmc, kind="patient-feedback", done_on=datetime.date(2026, 5, 1))
    for path in (reverse("cpd:requirements"), gmc.get_absolute_url()):
        page = read(reader_client, path)
        offered = {str(link["href"]) for link in page.select(".parts a")}
        assert reverse("cpd:artefact-create", args=[gmc.pk, "colleague-feedback"]) in offered
        assert reverse("cpd:artefact-create", args=[gmc.pk, "patient-feedback"]) not in offered
    assert not read(reader_client, reverse("cpd:tracker")).select(".parts a")


def test_on_paper_it_says_whose_it_is_and_of_which_day(reader: User, reader_client: Client, nurse: Enrolment) -> None:
    nurse.number = "71A2998E"
    nurse.save()
    for path in (reverse("cpd:requirements"), nurse.get_absolute_url()):
        head = words(read(reader_client, path).select_one(".print-head"))
        assert reader.get_full_name() in head and "As on 22 November 2026" in head and "71A2998E" in head


# --- One of them -----------------------------------------------------------------------------------------------------


def test_the_page_of_one_shows_what_was_recorded_for_it(reader: User, reader_client: Client, nurse: Enrolment) -> None:
    artefact = ArtefactFactory(enrolment=nurse, answers={"content": "Private words."})
    ArtefactFactory(enrolment=nurse, kind="of-another-time")
    LeaveFactory(enrolment=nurse)
    GrantFactory(enrolment=nurse)
    done(nurse, 2)
    page = read(reader_client, nurse.get_absolute_url())
    assert page.select_one(f"a[href='{artefact.get_absolute_url()}']") is not None
    assert page.select_one(f"a[href='{reverse('cpd:artefact-create', args=[nurse.pk, 'feedback'])}']") is not None
    text = words(page)
    assert "of-another-time" in text and "Private words." not in text
    assert "1 January 2026 to 30 June 2026" in text
    assert "CPD hours: 30 h instead of the usual figure, in this cycle" in text
    assert "2 h of 30 h" in findings(page)["CPD hours"]
    assert words(page.select_one("table.data tbody tr")) == "All 1 activity, 2 h 2 h"
    assert "Good to know" in text and "Carrying over." in text
    assert len(page.select("h1")) == 1


def test_earlier_cycles_are_listed_as_far_as_anything_is_known(
    reader: User, reader_client: Client, nurse: Enrolment
) -> None:
    assert "Earlier cycles" not in words(read(reader_client, nurse.get_absolute_url()))
    done(nurse, 3, on="2022-05-01")
    page = read(reader_client, nurse.get_absolute_url())
    address = reverse("cpd:cycle-detail", args=[nurse.pk, "2021-10-01"])
    assert [link["href"] for link in page.select("a[href*='/cycles/']")] == [address]


def test_a_cycle_that_is_not_closed_yet_is_judged_by_what_is_recorded_now(
    reader: User, reader_client: Client, nurse: Enrolment
) -> None:
    done(nurse, 33, participatory=20, on="2022-05-01")
    page = read(reader_client, reverse("cpd:cycle-detail", args=[nurse.pk, "2021-10-01"]))
    assert "Judged today by the rules of that time" in words(page)
    found = findings(page)
    assert found["CPD hours"].startswith("CPD hours Not met, the time is over 2 h short 33 h of 35 h")
    assert found["Participatory hours"].startswith("Participatory hours Met 20 h of 20 h")


def test_a_closed_cycle_keeps_the_rules_it_was_judged_by(reader: User, reader_client: Client, nurse: Enrolment) -> None:
    text = catalogue.text_of("uk-nmc").replace("At least 35 hours of CPD", "At least 35 hours, as it was then,")
    framework = catalogue.frameworks()["uk-nmc"]
    enrolled = Enrolled("uk-nmc", anchor=nurse.anchor_on)
    assessment = assess([], framework, enrolled, datetime.date(2024, 12, 1), on=datetime.date(2024, 9, 30))
    JudgedCycleFactory(
        enrolment=nurse,
        rules=FrameworkTextFactory(text=text),
        assessment=to_json(assessment),
        judged_at=datetime.datetime(2024, 12, 1, 3, tzinfo=datetime.UTC),
    )
    done(nurse, 40, on="2022-05-01")
    page = read(reader_client, reverse("cpd:cycle-detail", args=[nurse.pk, "2021-10-01"]))
    assert "Closed on 1 December 2024, by the rules as Meducation knew them then." in words(page)
    found = findings(page)["CPD hours"]
    assert "as it was then" in found and "35 h short 0 of 35 h" in found


@pytest.mark.parametrize("anchor_on", [datetime.date(2027, 8, 31), datetime.date(2027, 12, 31), None])
def test_a_corrected_date_hides_no_closed_cycle_and_lists_none_beside_it(
    reader: User, reader_client: Client, nurse: Enrolment, anchor_on: datetime.date | None
) -> None:
    done(nurse, 3, on="2019-05-01")
    reader.profile.record_starts_on = datetime.date(2018, 1, 1)
    reader.profile.save()
    JudgedCycleFactory(enrolment=nurse)
    Enrolment.objects.update(anchor_on=anchor_on)
    page = read(reader_client, nurse.get_absolute_url())
    # The one before shares no day with it when the date is moved back.
    expected = ["2021-10-01"]
    if anchor_on == datetime.date(2027, 8, 31):
        expected.append("2018-09-01")
    addresses = [reverse("cpd:cycle-detail", args=[nurse.pk, first]) for first in expected]
    assert [link["href"] for link in page.select("a[href*='/cycles/']")] == addresses


@pytest.mark.parametrize("text", ["x = 1", "not TOML at all", None])
@pytest.mark.parametrize(("verdict", "word"), [("enough", "You had enough"), ("not-met", "Not met in time")])
def test_a_closed_cycle_whose_rules_cannot_be_read_still_says_the_verdict(
    reader_client: Client, nurse: Enrolment, text: str | None, verdict: str, word: str
) -> None:
    rules = FrameworkTextFactory(text=text or catalogue.text_of("uk-nmc"))
    JudgedCycleFactory(
        enrolment=nurse, rules=rules, assessment={"verdict": verdict, "version": "long gone", "recorded": "1"}
    )
    page = words(read(reader_client, reverse("cpd:cycle-detail", args=[nurse.pk, "2021-10-01"])))
    assert "judged by rules that this release of Meducation cannot read" in page and word in page
    assert "NMC revalidation" in page and "1 October 2021 to 30 September 2024" in page
    assert "requirements met" not in page and "CPD hours" not in page


@pytest.mark.parametrize("assessment", [{}, [], {"verdict": "of another release"}, {"verdict": []}])
def test_a_closed_cycle_without_a_verdict_cannot_be_told(
    reader_client: Client, nurse: Enrolment, assessment: object
) -> None:
    JudgedCycleFactory(enrolment=nurse, assessment=assessment)
    page = words(read(reader_client, reverse("cpd:cycle-detail", args=[nurse.pk, "2021-10-01"])))
    assert "Cannot tell" in page


@pytest.mark.parametrize("first", ["2018-10-01", "2021-10-02", "yesterday", "2021-13-01", "20211001"])
def test_there_are_no_other_cycles(first: str, reader: User, reader_client: Client, nurse: Enrolment) -> None:
    done(nurse, 3, on="2022-05-01")
    assert reader_client.get(f"{nurse.get_absolute_url()}cycles/{first}/").status_code == 404


def test_the_present_cycle_is_on_the_page_itself(reader_client: Client, nurse: Enrolment) -> None:
    response = reader_client.get(reverse("cpd:cycle-detail", args=[nurse.pk, "2024-10-01"]))
    assert response.status_code == 302 and response.headers["Location"] == nurse.get_absolute_url()


def test_a_deleted_enrolment_has_no_page(reader_client: Client, nurse: Enrolment) -> None:
    reader_client.post(reverse("cpd:enrolment-delete", args=[nurse.pk]))
    assert reader_client.get(nurse.get_absolute_url()).status_code == 404


# --- For everybody ---------------------------------------------------------------------------------------------------


def test_all_frameworks_are_listed_by_country(client: Client) -> None:
    page = read(client, reverse("cpd:framework-list"))
    countries = [words(heading) for heading in page.select("h2")]
    assert {"Australia", "United Kingdom", "United States of America"} <= set(countries) and len(countries) > 8
    links = {str(link["href"]) for link in page.select(".card h3 a")}
    assert links == {reverse("cpd:framework-detail", args=[each]) for each in catalogue.frameworks()}


@pytest.mark.sweep
@pytest.mark.parametrize("framework_id", catalogue.frameworks())
def test_every_figure_is_published_with_what_it_rests_on(framework_id: str, client: Client) -> None:
    framework = catalogue.frameworks()[framework_id]
    with CaptureQueriesContext(connection) as queries:
        page = read(client, reverse("cpd:framework-detail", args=[framework_id]))
    assert len(queries) == 0
    text, addresses = words(page), {str(link["href"]) for link in page.select(".source a")}
    for version in framework.versions:
        for rule in version.requirements:
            assert re.sub(r"\s+", " ", rule.sentence) in text
            assert {source.url for source in rule.cite.sources} <= addresses
    assert "Your regulator decides what counts" in text
    assert f"Grade {framework.versions[-1].cycle.cite.confidence.value}" in text
    for example in framework.examples:
        assert example.name in text


def test_it_works_signed_in_too(reader_client: Client) -> None:
    page = read(reader_client, reverse("cpd:framework-detail", args=["uk-nmc"]))
    assert "Account" in words(page.select_one("nav"))


def test_amounts_are_never_shown_as_bare_decimals(reader: User, reader_client: Client, nurse: Enrolment) -> None:
    done(nurse, 1 + 1 / 3)
    assert "1 h 20 min of 35 h" in findings(read(reader_client, "/cpd/"))["CPD hours"]
    assert str(Decimal(4) / 3)[:5] not in words(read(reader_client, "/cpd/"))
