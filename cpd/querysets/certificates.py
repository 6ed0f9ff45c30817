"""Certificates, with what their standing depends on."""

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from articles.querysets import real_changes

if TYPE_CHECKING:
    from cpd.models import Certificate  # noqa: F401 (named only as QuerySet["…"])


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Certificates. Start from `user.certificates`; whoever has a code starts from that."""

    def with_standing(self) -> Self:
        """With what became of the article since, for cpd.certificates.standing_of. No query more."""
        later = real_changes().filter(article=OuterRef("article"), number__gt=OuterRef("revision_number"))
        row = JSONObject(number="number", significance="significance", note="note", live_from="live_from")
        found = self.annotate(changes=ArraySubquery(later.order_by("number").values(json=row)))
        return found.select_related("article").defer("article__body")

    def for_listing(self) -> Self:
        """The newest first, with what a row shows."""
        return self.with_standing().order_by("-issued_at", "pk")
