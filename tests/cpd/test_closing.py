"""Cycles that are over are judged once, by the rules of their time; a correction re-judges only what is open."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from cpd import catalogue
from cpd.actions.closing import close_due_cycles, cycles_over
from cpd.actions.corrections import take_up_corrections
from cpd.actions.enrolments import amend_enrolments
from cpd.models import Artefact, Enrolment, FrameworkText, JudgedCycle, Mailing, Notice
from cpd.rules.saving import from_json
from tests.factories.accounts import UserFactory
from tests.factories.cpd import (
    ActivityFactory,
    ArtefactFactory,
    EnrolmentFactory,
    GrantFactory,
    JudgedCycleFactory,
    LeaveFactory,
    RemindersFactory,
)

pytestmark = pytest.mark.django_db
ENDS = datetime.date(2024, 9, 30)
LONG_AGO = datetime.datetime(2021, 10, 1, 12, tzinfo=datetime.UTC)


def at(day: datetime.date) -> datetime.datetime:
    return datetime.datetime(day.year, day.month, day.day, 12, tzinfo=datetime.UTC)


def after(days: int) -> datetime.datetime:
    """Noon, so many days after the end of the nurse's cycle."""
    return at(ENDS + datetime.timedelta(days=days))


@pytest.fixture
def deployed(db: None) -> None:
    take_up_corrections(LONG_AGO)


@pytest.fixture
def nurse(reader: User, deployed: None) -> Enrolment:
    """Here since the cycle began that ended in September 2024."""
    User.objects.filter(pk=reader.pk).update(date_joined=LONG_AGO)
    reader.refresh_from_db()
    return EnrolmentFactory(user=reader, anchor_on=ENDS, joined_on=datetime.date(2021, 10, 1), created_at=LONG_AGO)


def hours(user: User, number: int, on: datetime.date = datetime.date(2023, 5, 1)) -> None:
    for day in range(number):
        ActivityFactory(user=user, minutes=60, done_on=on + datetime.timedelta(days=day))


# --- Closing ---------------------------------------------------------------------------------------------------------


def test_a_cycle_is_closed_after_the_days_of_grace(nurse: Enrolment) -> None:
    assert close_due_cycles(after(60)) == 0
    assert close_due_cycles(after(61)) == 1
    closed = JudgedCycle.objects.get()
    assert (closed.first_on, closed.last_on) == (datetime.date(2021, 10, 1), ENDS)
    assert closed.rules.sha256 == catalogue.digest_of("uk-nmc") and closed.judged_at == after(61)


def test_what_was_said_of_it_can_be_read_back(nurse: Enrolment) -> None:
    hours(nurse.user, 36)
    close_due_cycles(after(61))
    said = from_json(JudgedCycle.objects.get().assessment, catalogue.frameworks()["uk-nmc"])
    assert said.finding("cpd-total").outcome == "met" and said.counted == 36
    assert said.finding("participatory").outcome == "not-met"


def test_it_is_never_judged_again(nurse: Enrolment) -> None:
    close_due_cycles(after(61))
    hours(nurse.user, 36)
    assert close_due_cycles(after(62)) == 0
    assert JudgedCycle.objects.get().assessment["counted"] == "0"


def test_what_is_written_down_late_still_counts(nurse: Enrolment) -> None:
    assert close_due_cycles(after(30)) == 0
    hours(nurse.user, 2)
    close_due_cycles(after(61))
    assert Decimal(JudgedCycle.objects.get().assessment["counted"]) == 2


def test_the_day_is_the_persons_own(nurse: Enrolment) -> None:
    nurse.user.profile.time_zone = "Pacific/Kiritimati"
    nurse.user.profile.save()
    assert close_due_cycles(after(60)) == 1


def test_what_was_granted_for_that_cycle_holds(nurse: Enrolment) -> None:
    GrantFactory(enrolment=nurse, cycle_first_on=datetime.date(2021, 10, 1), value=10)
    GrantFactory(enrolment=nurse, cycle_first_on=datetime.date(2024, 10, 1), value=5)
    LeaveFactory(enrolment=nurse, first_on=datetime.date(2022, 1, 1), last_on=datetime.date(2022, 6, 30))
    close_due_cycles(after(61))
    said = from_json(JudgedCycle.objects.get().assessment, catalogue.frameworks()["uk-nmc"])
    assert said.finding("cpd-total").need == 10


def test_who_comes_later_has_the_same_days_to_write_down_what_was(reader: User, deployed: None) -> None:
    EnrolmentFactory(user=reader, anchor_on=ENDS, created_at=after(100))
    hours(reader, 3)
    assert close_due_cycles(after(160)) == 0
    assert close_due_cycles(after(161)) == 1


def test_nothing_is_said_of_a_time_of_which_nothing_is_known(reader: User, deployed: None) -> None:
    enrolment = EnrolmentFactory(user=reader, anchor_on=ENDS, created_at=after(100))
    assert close_due_cycles(after(400)) == 0
    ArtefactFactory(enrolment=enrolment, done_on=datetime.date(2022, 1, 1), deleted_at=timezone.now())
    assert close_due_cycles(after(400)) == 0
    Artefact.objects.update(deleted_at=None)
    assert close_due_cycles(after(400)) == 1


def test_what_cannot_be_known_or_was_deleted_is_left_alone(reader: User, deployed: None) -> None:
    EnrolmentFactory(user=reader, framework="xx-future", created_at=LONG_AGO)
    EnrolmentFactory(user=reader, anchor_on=None, created_at=LONG_AGO)
    EnrolmentFactory(anchor_on=ENDS, created_at=LONG_AGO, deleted_at=LONG_AGO)
    assert close_due_cycles(after(400)) == 0


def test_cycles_after_leaving_are_not_judged(nurse: Enrolment) -> None:
    nurse.left_on = datetime.date(2022, 3, 1)
    nurse.save()
    assert close_due_cycles(after(3 * 366 + 100)) == 1
    assert JudgedCycle.objects.get().last_on == ENDS


def test_nothing_is_closed_by_a_file_that_no_deployment_has_taken_up(nurse: Enrolment) -> None:
    FrameworkText.objects.update(sha256="0" * 64)
    assert close_due_cycles(after(61)) == 0


def test_many_people_cost_no_more_than_their_own_records(
    deployed: None, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for _ in range(10):
        EnrolmentFactory(user=UserFactory(), anchor_on=ENDS, created_at=LONG_AGO)
    close_due_cycles(after(61))
    with django_assert_max_num_queries(7):
        assert close_due_cycles(after(62)) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"anchor_on": datetime.date(2024, 8, 31)},
        {"titles": [{"titles": ["midwife"], "since": None}]},
        {"joined_on": datetime.date(2021, 10, 2)},
        {"left_on": datetime.date(2024, 12, 1)},
    ],
)
def test_after_a_change_of_the_dates_there_is_time_to_see_a_slip(
    nurse: Enrolment, change: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cpd.actions.enrolments.timezone.now", Mock(return_value=after(90)))
    amend_enrolments(by=nurse.user, changes={nurse.pk: change})
    assert close_due_cycles(after(91)) == 0
    assert close_due_cycles(after(150)) == 0
    assert close_due_cycles(after(151)) == 1


def test_other_changes_and_the_same_dates_again_keep_nothing_open(nurse: Enrolment) -> None:
    same = {"anchor_on": ENDS, "joined_on": nurse.joined_on, "titles": nurse.titles, "left_on": None}
    amend_enrolments(by=nurse.user, changes={nurse.pk: {**same, "number": "71A2998E", "working_percent": 80}})
    nurse.refresh_from_db()
    assert nurse.dates_changed_at is None
    assert close_due_cycles(after(61)) == 1


@pytest.mark.parametrize("anchor_on", [datetime.date(2024, 8, 31), datetime.date(2024, 12, 31)])
def test_no_day_is_judged_twice(nurse: Enrolment, anchor_on: datetime.date) -> None:
    close_due_cycles(after(61))
    Enrolment.objects.update(anchor_on=anchor_on)
    assert close_due_cycles(after(900)) == 0
    assert JudgedCycle.objects.get().last_on == ENDS


def test_one_malformed_row_keeps_no_cycle_of_others_open(nurse: Enrolment, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = EnrolmentFactory(user=UserFactory(), anchor_on=ENDS, created_at=LONG_AGO)

    def some_cycles(enrolment: Enrolment, *args: Any, **kwargs: Any) -> Any:
        if enrolment == broken:
            raise ValueError
        return cycles_over(enrolment, *args, **kwargs)

    monkeypatch.setattr("cpd.actions.closing.cycles_over", some_cycles)
    assert close_due_cycles(after(61)) == 1
    assert JudgedCycle.objects.get().enrolment == nurse


# --- Corrections -----------------------------------------------------------------------------------------------------


@pytest.fixture
def corrected(rewrite: Callable[..., None]) -> Callable[..., None]:
    """Deploys the files with the NMC's changed."""
    return partial(rewrite, "uk-nmc")


NOW = at(datetime.date(2026, 11, 23))
HIGHER = ("value = 35\n", "value = 40\n")


@pytest.fixture
def busy(nurse: Enrolment) -> Enrolment:
    """The same nurse in the next cycle, with 36 hours."""
    hours(nurse.user, 36, on=datetime.date(2025, 5, 1))
    return nurse


def test_the_first_deployment_tells_nobody(reader: User) -> None:
    hours(reader, 36)
    EnrolmentFactory(user=reader)
    call_command("schedule_work")
    assert FrameworkText.objects.count() == len(catalogue.frameworks())
    call_command("schedule_work")
    assert FrameworkText.objects.count() == len(catalogue.frameworks())
    assert not Notice.objects.exists()


def test_a_correction_tells_those_for_whom_something_changes(
    busy: Enrolment, corrected: Callable[..., None], stranger: User
) -> None:
    RemindersFactory(user=busy.user, how_often="monthly")
    corrected(HIGHER)
    assert take_up_corrections(NOW) == 1
    notice = Notice.objects.get()
    assert notice.user == busy.user and notice.enrolment == busy
    assert notice.about == f"corrected/{busy.pk}/{catalogue.digest_of('uk-nmc')}"
    assert "CPD hours: met before, not yet now; needed 35 h before, 40 h now." in notice.text
    assert "Your cycle from 1 October 2024 to 30 September 2027:" in notice.text
    assert Mailing.objects.get().about == notice.about


def test_who_wants_no_mail_gets_the_notice_only(busy: Enrolment, corrected: Callable[..., None]) -> None:
    corrected(HIGHER)
    take_up_corrections(NOW)
    assert Notice.objects.exists() and not Mailing.objects.exists()


def test_it_is_said_once(busy: Enrolment, corrected: Callable[..., None]) -> None:
    corrected(HIGHER)
    assert [take_up_corrections(NOW), take_up_corrections(NOW)] == [1, 0]
    assert Notice.objects.count() == 1


def test_who_left_and_joined_again_is_told_of_both(busy: Enrolment, corrected: Callable[..., None]) -> None:
    busy.left_on = datetime.date(2026, 11, 3)
    busy.save()
    again = EnrolmentFactory(user=busy.user, anchor_on=datetime.date(2028, 9, 30))
    corrected(HIGHER)
    assert take_up_corrections(NOW) == 2
    assert {notice.enrolment for notice in Notice.objects.all()} == {busy, again}


def test_another_wording_tells_nobody(busy: Enrolment, corrected: Callable[..., None]) -> None:
    corrected(("At least 35 hours", "No fewer than 35 hours"))
    assert take_up_corrections(NOW) == 0
    assert FrameworkText.objects.filter(framework="uk-nmc").count() == 2


def test_closed_cycles_never_change(busy: Enrolment, corrected: Callable[..., None]) -> None:
    close_due_cycles(after(61))
    before = JudgedCycle.objects.get()
    corrected(HIGHER)
    take_up_corrections(NOW)
    close_due_cycles(NOW)
    kept = JudgedCycle.objects.get()
    assert kept.assessment == before.assessment and kept.rules == before.rules
    assert kept.rules.sha256 != catalogue.digest_of("uk-nmc")
    assert "30 September 2024" not in Notice.objects.get().text


def test_a_cycle_that_has_ended_and_is_not_closed_is_judged_anew(
    nurse: Enrolment, corrected: Callable[..., None]
) -> None:
    hours(nurse.user, 36)
    corrected(HIGHER)
    take_up_corrections(after(30))
    text = Notice.objects.get().text
    assert "Your cycle from 1 October 2021 to 30 September 2024:" in text
    assert "CPD hours: met before, not met, the time is over now" in text


def test_one_that_was_closed_early_is_not(nurse: Enrolment, corrected: Callable[..., None]) -> None:
    hours(nurse.user, 36)
    JudgedCycleFactory(
        enrolment=nurse,
        first_on=datetime.date(2021, 10, 1),
        last_on=ENDS,
        rules=FrameworkText.objects.get(framework="uk-nmc"),
    )
    corrected(HIGHER)
    take_up_corrections(after(30))
    assert "2021" not in Notice.objects.get().text


def test_a_correction_that_is_taken_back_is_said_again(busy: Enrolment, corrected: Callable[..., None]) -> None:
    corrected(HIGHER)
    take_up_corrections(NOW)
    corrected()
    assert take_up_corrections(NOW + datetime.timedelta(days=1)) == 1
    corrected(HIGHER)
    Notice.objects.update(dismissed_at=NOW)
    assert take_up_corrections(NOW + datetime.timedelta(days=2)) == 1
    assert Notice.objects.count() == 2 and Notice.objects.filter(dismissed_at__isnull=True).count() == 1


def test_a_text_that_this_release_cannot_read_tells_nobody(busy: Enrolment, corrected: Callable[..., None]) -> None:
    FrameworkText.objects.filter(framework="uk-nmc").update(text='id = "uk-nmc"\nkind_of_rule_long_gone = 1\n')
    corrected(HIGHER)
    assert take_up_corrections(NOW) == 0
    assert FrameworkText.objects.filter(sha256=catalogue.digest_of("uk-nmc")).exists()
