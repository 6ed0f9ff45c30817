"""Credit follows the article's standing when somebody began to read: nothing is offered that should not be, and nobody
who read in good faith loses it."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from articles.models import Article, Significance, Status
from cpd.actions import NotOffered, log_reading
from cpd.models import Activity, Provenance, Sitting
from cpd.reading import BeatReport, take_beat, unclaimed_readings
from meducation.lib import page_cache
from tests.factories.articles import ArticleFactory, RevisionFactory
from tests.factories.cpd import ReaderFactory, SittingFactory

pytestmark = pytest.mark.django_db


def yesterday() -> datetime.date:
    return timezone.localdate() - datetime.timedelta(days=1)


def overdue(article: Article) -> None:
    replace(article, review_due_on=yesterday())


def undisclosed(article: Article) -> None:
    replace(article, competing_interests="")


def without_cpd(article: Article) -> None:
    replace(article, offers_cpd=False)


def withdrawn(article: Article) -> None:
    replace(article, significance=Significance.WITHDRAWAL)


def retired(article: Article) -> None:
    article.status, article.retired_at = Status.RETIRED, timezone.now()
    article.save()


def replace(article: Article, significance: Significance = Significance.UPDATE, **fields: Any) -> None:
    """Publish another text of it."""
    for name, value in fields.items():
        setattr(article, name, value)
    article.save()
    article.revision = RevisionFactory(article=article, significance=significance, live_from=timezone.now())
    article.save()


def mend(article: Article) -> None:
    article.status = Status.PUBLISHED
    replace(
        article,
        review_due_on=timezone.localdate() + datetime.timedelta(days=300),
        competing_interests="None declared.",
        offers_cpd=True,
    )


FLAWS = {
    "overdue": (overdue, "its review was due on"),
    "undisclosed": (undisclosed, "competing interests"),
    "without CPD": (without_cpd, "do not offer it as CPD"),
    "withdrawn": (withdrawn, "it was withdrawn on"),
    "retired": (retired, "it was retired on"),
}
every_flaw = pytest.mark.parametrize(("spoil", "why"), FLAWS.values(), ids=FLAWS)
type Spoil = Callable[[Article], None]


@pytest.fixture
def article() -> Article:
    return ArticleFactory(published=True)


def beat(article: Article, sequence: int = 1, **fields: Any) -> BeatReport:
    assert article.revision is not None
    report: dict[str, Any] = {
        "sitting": uuid.uuid4(),
        "article": article.slug,
        "revision": article.revision.number,
        "sequence": sequence,
        "counted_ms": 1000,
        "furthest": 10,
        "touched": True,
        "alone_ms": 0,
    }
    return BeatReport(**(report | fields))


def read(article: Article, user: User) -> Sitting:
    """Somebody begins to read, as the article stands now; ten minutes are counted."""
    sitting, _ = take_beat(beat(article), user=user, browser=None)
    Sitting.objects.filter(pk=sitting.pk).update(counted_ms=600_000)
    return Sitting.objects.get(pk=sitting.pk)


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def sheet(article: Article, **fields: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "article": article.slug, "minutes": "7", "reflection": "My words."} | fields


# --- The page --------------------------------------------------------------------------------------------------------


@every_flaw
def test_the_page_says_why_and_offers_no_button(article: Article, spoil: Spoil, why: str) -> None:
    by_hand = f"{reverse('cpd:activity-create')}?article={article.slug}"
    before = page(Client(), article.get_absolute_url())
    assert ">Log this as CPD</a>" in before and 'data-offered="true"' in before
    spoil(article)
    page_cache.store.clear()  # A trigger tells the real site.
    after = page(Client(), article.get_absolute_url())
    assert why in after and 'data-offered="false"' in after
    assert ">Log this as CPD</a>" not in after
    assert by_hand in after


@every_flaw
def test_a_page_that_is_open_hears_of_it(article: Article, reader_client: Client, spoil: Spoil, why: str) -> None:
    context = reverse("cpd:reading-context", args=[article.slug])
    assert reader_client.get(context).json()["not_offered"] == ""
    spoil(article)
    answer = reader_client.get(context).json()
    assert why in answer["not_offered"] and answer["waits_in_inbox"] is False


# --- Reading ---------------------------------------------------------------------------------------------------------


@every_flaw
def test_reading_is_timed_and_not_offered_for_logging(
    article: Article, reader: User, reader_client: Client, spoil: Spoil, why: str
) -> None:
    spoil(article)
    sitting = read(article, reader)
    assert not sitting.offered
    assert unclaimed_readings(reader) == []
    answer = reader_client.get(reverse("cpd:reading-context", args=[article.slug])).json()
    assert answer["earlier_ms"] == 0
    response = reader_client.post(reverse("cpd:reading-log"), sheet(article))
    assert response.status_code == 422
    [sentence] = response.json()["errors"]["article"]
    assert why in sentence and response.json()["link"]["href"].endswith(f"?article={article.slug}")
    assert not Activity.objects.exists()


@every_flaw
def test_what_was_begun_while_it_was_offered_can_be_logged(
    article: Article, reader: User, reader_client: Client, spoil: Spoil, why: str
) -> None:
    first = read(article, reader)
    spoil(article)
    # The standing changed while the page was open.
    second, _ = take_beat(beat(article), user=reader, browser=None)
    assert reader_client.get(reverse("cpd:reading-context", args=[article.slug])).json()["waits_in_inbox"] is True
    [reading] = unclaimed_readings(reader)
    assert [sitting.pk for sitting in reading.sittings] == [first.pk]
    response = reader_client.post(reverse("cpd:reading-log"), sheet(article, minutes="10"))
    assert response.status_code == 201
    activity = Activity.objects.get()
    assert activity.provenance == Provenance.MEASURED and activity.measured_seconds == 600
    # Tied to the text that was read, and without the reading that was not offered.
    assert activity.revision_number == 1
    assert list(activity.sittings.all()) == [first] and second.activity is None


def test_the_sheet_that_was_open_when_it_was_retired_still_logs_its_own_reading(
    article: Article, reader: User, reader_client: Client
) -> None:
    sitting = read(article, reader)
    retired(article)
    last = (
        f'{{"sitting": "{sitting.pk}", "article": "{article.slug}", "revision": 1, "sequence": 2,'
        ' "counted_ms": 601000, "furthest": 90, "touched": true, "alone_ms": 0}'
    )
    assert reader_client.post(reverse("cpd:reading-log"), sheet(article, beat=last)).status_code == 201


def test_reading_from_before_it_was_mended_earns_nothing_and_reading_after_does(article: Article, reader: User) -> None:
    undisclosed(article)
    read(article, reader)
    mend(article)
    assert unclaimed_readings(reader) == []
    after = read(article, reader)
    [reading] = unclaimed_readings(reader)
    assert [sitting.pk for sitting in reading.sittings] == [after.pk]


def test_what_was_logged_stays(article: Article, reader: User, reader_client: Client) -> None:
    read(article, reader)
    activity = log_reading(by=reader, activity_id=uuid.uuid4(), article=article, minutes=10).activity
    before = Activity.objects.values().get()
    for spoil, _ in FLAWS.values():
        spoil(article)
    assert Activity.objects.values().get() == before
    assert page(reader_client, activity.get_absolute_url())
    # The same request again, as from a phone that heard no answer, gives the same activity.
    again = log_reading(by=reader, activity_id=activity.pk, article=article, minutes=10)
    assert not again.is_new


def test_nothing_else_of_the_inbox_is_lost_with_it(article: Article, reader: User) -> None:
    SittingFactory(reader=ReaderFactory(user=reader), article=article)
    retired(article)
    assert len(unclaimed_readings(reader)) == 1


# --- By hand ---------------------------------------------------------------------------------------------------------


@every_flaw
def test_it_can_be_added_by_hand(article: Article, reader: User, reader_client: Client, spoil: Spoil, why: str) -> None:
    spoil(article)
    address = f"{reverse('cpd:activity-create')}?article={article.slug}"
    html = page(reader_client, address)
    assert why in html and f'action="{reverse("cpd:activity-create")}"' in html
    words = {
        "id": str(uuid.uuid4()),
        "title": "A leaflet",
        "kind": "reading",
        "done_on": timezone.localdate().isoformat(),
        "minutes": "12",
        "reflection": "Worth a thought.",
    }
    # A form that was open when the article was spoilt logs nothing as reading of it, and keeps the words.
    refused = reader_client.post(address, words)
    assert refused.status_code == 422 and not Activity.objects.exists()
    kept = refused.content.decode()
    assert "Worth a thought." in kept and "A leaflet" in kept and why in kept and "Save again" in kept
    assert f'action="{reverse("cpd:activity-create")}"' in kept
    # What that page sends next adds it by hand.
    assert reader_client.post(reverse("cpd:activity-create"), words).status_code == 302
    activity = Activity.objects.get()
    assert activity.provenance == Provenance.SELF_DECLARED and activity.article is None


def test_the_action_refuses_by_itself(article: Article, reader: User) -> None:
    retired(article)
    with pytest.raises(NotOffered, match="it was retired on"):
        log_reading(by=reader, activity_id=uuid.uuid4(), article=article, minutes=5)
