"""Papers of a real-looking year pass a checker that nobody here wrote: veraPDF, by all its rules of PDF/UA-1."""

import datetime
import io
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from cpd.certificate_paper import paper_of
from cpd.models import PackKind
from cpd.portfolio.contents import Chosen
from cpd.portfolio.gathering import gathered
from cpd.portfolio.paper import as_pdf
from cpd.sharing import token_of
from meducation.lib.typesetting import typeset
from tests.factories.accounts import UserFactory
from tests.factories.articles import ArticleFactory
from tests.factories.cpd import (
    ActivityFactory,
    CertificateFactory,
    EvidenceFactory,
    ReadActivityFactory,
    ReflectionFactory,
    ShareCommentFactory,
    ShareEntryFactory,
    ShareLinkFactory,
)
from tests.support.verapdf import broken_rules

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.usefixtures("papers_folder", "evidence_folder")]
DAY = datetime.date(2026, 11, 23)
# The people of `load_demo`, each with a year of CPD, and the bodies whose packs they have.
OF_A_BODY = {
    "nurse": (PackKind.NMC,),
    "gp": (PackKind.GMC,),
    "dentist": (PackKind.GDC,),
    "pharmacist": (PackKind.GPHC,),
    "clinician": (PackKind.HCPC, PackKind.MBA, PackKind.NMBA, PackKind.PHARMBA, PackKind.RCPSC),
}


def test_a_paper_without_its_tags_does_not_pass() -> None:
    whole = typeset("names", {"names": [{"what": "It", "name": "Zoë"}]}, title="Names", made_on=DAY)
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(whole))
    del writer.root_object["/StructTreeRoot"]
    bare = io.BytesIO()
    writer.write(bare)

    found = broken_rules({"whole": whole, "bare": bare.getvalue()})

    assert found["whole"] == []
    assert [rule.partition(":")[0] for rule in found["bare"]] == ["7.1-11", "7.1-3"]


def test_portfolios_and_packs_of_the_demonstration_year(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path
    call_command("load_demo", verbosity=0)
    papers: dict[str, bytes] = {}
    for name, kinds in OF_A_BODY.items():
        user = User.objects.get(email=f"{name}@example.org")
        today = user.profile.local_date()
        first = today - datetime.timedelta(days=3 * 365)
        for kind in (PackKind.PORTFOLIO, PackKind.SOAR, PackKind.FOURTEENFISH, *kinds):
            chosen = Chosen(kind=kind, first=first, last=today, reflections="all", papers=True)
            portfolio = gathered(user, chosen, today=today).portfolio
            assert portfolio.entries, name
            papers[f"{name}: {kind.label}"] = as_pdf(portfolio, sha256="0" * 64)
    assert {kind for kinds in OF_A_BODY.values() for kind in kinds} == {kind for kind in PackKind if kind.framework}

    assert {name: rules for name, rules in broken_rules(papers).items() if rules} == {}


def test_a_certificate_and_what_a_link_shows(client: Client) -> None:
    reader = UserFactory(name="Dr 李明 محمد")
    link = ShareLinkFactory(user=reader, is_on=True, with_reflections=True, with_files=True)
    for title in ("Sepsis *early*", "A hard week"):
        reflection = ReflectionFactory(user=reader, text="I ask sooner now.\n\nAnd twice.", is_shareable=True)
        activity = ActivityFactory(user=reader, title=title, reflection=reflection, is_highlight=True)
        EvidenceFactory(user=reader, activity=activity, meant_for=activity.pk, name="programme.pdf")
        ShareEntryFactory(link=link, activity=activity)
    ShareCommentFactory(appraiser__link=link, words="A full year.")
    article = ArticleFactory(published=True, title="#panic() and 山田", learning_objectives="Spot it\nTreat it")
    reading = ReadActivityFactory(user=reader, article=article)

    papers = {
        "certificate": paper_of(CertificateFactory(user=reader, activity=reading)),
        "link": client.get(f"/s/{token_of(link.pk)}/record.pdf").getvalue(),
    }

    assert {name: rules for name, rules in broken_rules(papers).items() if rules} == {}
