"""The log of who saw what: complete, its owner's alone, and never changed."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from cpd.actions.audit import write_down
from cpd.models import AuditEvent, AuditWhat
from tests.factories.accounts import UserFactory
from tests.factories.cpd import AuditEventFactory

pytestmark = pytest.mark.django_db


def test_a_line_says_what_happened_and_who_it_was() -> None:
    owner = UserFactory()
    write_down(owner=owner, what=AuditWhat.LINK_OPENED, seen_by="  Dr\nA. Jones\x00 " + "x" * 500)
    line = AuditEvent.objects.owned_by(owner).get()
    assert line.what == AuditWhat.LINK_OPENED and line.by_id is None
    assert line.seen_by.startswith("Dr A. Jones") and len(line.seen_by) == 150


def test_no_line_can_be_changed() -> None:
    line = AuditEventFactory()
    with pytest.raises((DatabaseError, IntegrityError), match="never changed"), transaction.atomic():
        AuditEvent.objects.filter(pk=line.pk).update(seen_by="Nobody")


def test_no_line_can_be_deleted_while_its_owner_is_there() -> None:
    line = AuditEventFactory()
    with pytest.raises((DatabaseError, IntegrityError), match="never changed"), transaction.atomic():
        line.delete()
    with pytest.raises((DatabaseError, IntegrityError), match="never changed"), transaction.atomic():
        AuditEvent.objects.all().delete()


def test_the_lines_go_with_the_person() -> None:
    line, other = AuditEventFactory(), AuditEventFactory()
    line.owner.delete()
    assert list(AuditEvent.objects.all()) == [other]


def test_a_line_outlives_whoever_it_names() -> None:
    colleague = UserFactory()
    line = AuditEventFactory(by=colleague)
    key = colleague.pk
    colleague.delete()
    assert AuditEvent.objects.get(pk=line.pk).by_id == key
