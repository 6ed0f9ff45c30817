"""The demonstration's record: made once, through the same actions as any other."""

import pytest
from django.core.management import call_command

from accounts.models import User
from cpd.management.handing_on import HANDED_ON
from cpd.models import AuditEvent, Evidence, Pack, ShareComment
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("evidence_folder")]


def counts() -> dict[str, int]:
    """How much there is of what could be made twice."""
    return {model.__name__: model.objects.count() for model in (User, Pack, Evidence, ShareComment, AuditEvent)}


def test_everybody_has_something_to_show_and_twice_is_once() -> None:
    call_command("load_demo", verbosity=0)
    made = counts()
    for email, said in HANDED_ON.items():
        person = User.objects.get(email=email)
        assert person.evidence.count() == len(said.papers), email
        assert person.packs.get().kind == said.pack, email
        assert person.activities.kept().highlights().count() >= len(said.highlights), email
        assert all(aim.outcome == "" or person.goals.filter(outcome=aim.outcome).exists() for aim in said.aims), email
        if said.audience:
            link = person.share_links.get(is_of_pack=False)
            assert not person.share_links.get(pack=person.packs.get()).is_open(), email
            assert link.appraisers.get().confirmed_at is not None
            assert sorted(link.comments.values_list("is_discussed", flat=True)) == [False, True]
    # With the learning objectives, the outcomes and the reviewer that the General Dental Council asks for.
    certificate = User.objects.get(email="dentist@example.org").certificates.get()
    assert certificate.gdc_outcomes == ["C"]
    assert certificate.gdc_minutes == 9
    assert certificate.quality_assured_by.startswith("Dr Mei Tanaka")
    assert certificate.score == 100
    call_command("load_demo", verbosity=0)
    assert counts() == made


def test_whoever_is_not_in_it_is_left_alone() -> None:
    UserFactory(email="dentist@example.org")
    call_command("load_demo", verbosity=0)
    assert not Pack.objects.filter(user__email="dentist@example.org").exists()
