"""Who saw what of somebody's record, and what left it. Written once; nothing changes a line afterwards."""

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from accounts.models import User

LONGEST_SEEN_BY = 150


class AuditWhat(models.TextChoices):
    """What happened."""

    RECORD_EXPORTED = "record-exported", "Everything exported"
    EXPORT_DOWNLOADED = "export-downloaded", "Export downloaded"
    EXPORT_DELETED = "export-deleted", "Export deleted here"
    RECORD_BROUGHT = "record-brought", "Record brought back from an export"
    PORTFOLIO_MADE = "portfolio-made", "Portfolio made"
    PACK_MADE = "pack-made", "Pack made"
    PACK_DOWNLOADED = "pack-downloaded", "Portfolio or pack downloaded"
    PACK_DELETED = "pack-deleted", "Portfolio or pack deleted"
    CERTIFICATE_MADE = "certificate-made", "Certificate made"
    CERTIFICATE_DOWNLOADED = "certificate-downloaded", "Certificate downloaded"
    CERTIFICATE_WITHDRAWN = "certificate-withdrawn", "Certificate withdrawn"
    CERTIFICATE_RESTORED = "certificate-restored", "Certificate stands again"
    CERTIFICATE_CHECKED = "certificate-checked", "Certificate checked"
    LINK_MADE = "link-made", "Link made"
    LINK_OPENED = "link-opened", "Link opened"
    LINK_CHANGED = "link-changed", "Link changed"
    LINK_STOPPED = "link-stopped", "Link stopped"
    LINK_DOWNLOADED = "link-downloaded", "Record downloaded through a link"
    COMMENT_WRITTEN = "comment-written", "Comment written"
    EVIDENCE_DOWNLOADED = "evidence-downloaded", "Evidence downloaded"
    CALENDAR_MADE = "calendar-made", "Calendar address made"
    CALENDAR_STOPPED = "calendar-stopped", "Calendar address stopped"
    MADE_READ_ONLY = "made-read-only", "Record made read-only"
    OPENED_AGAIN = "opened-again", "Record opened for changes again"
    CLOSING_ASKED = "closing-asked", "Asked to close the account"
    CLOSING_STOPPED = "closing-stopped", "Changed their mind about closing the account"
    ACCOUNT_CLOSED = "account-closed", "Account closed"


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """Lines of the log. Private: start from one person's."""

    def owned_by(self, user: "User") -> Self:
        """The lines about one person's record."""
        return self.filter(owner=user)

    def for_listing(self) -> Self:
        """The newest first."""
        return self.order_by("-at", "-pk")


class AuditEvent(models.Model):
    """One line of the log that belongs to `owner`. A trigger refuses every change of it.

    The line goes only with the person: the database deletes it after their row, and the trigger lets pass what
    nobody owns any more.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.DB_CASCADE, related_name="audit_events")
    at = models.DateTimeField(default=timezone.now)
    what = models.CharField(max_length=24, choices=AuditWhat)
    # Somebody with an account. Without a constraint: who closes theirs leaves other people's logs as they are.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        blank=True,
        related_name="+",
    )
    # Somebody without an account, in words for the owner: "Dr A. Jones, by your link".
    seen_by = models.CharField(max_length=LONGEST_SEEN_BY, blank=True)
    # The link, certificate, file … that it is about. Not a key: the line outlives it.
    about = models.UUIDField(null=True, blank=True)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["owner", "-at", "-id"], name="cpd_auditevent_of_an_owner")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(what__in=AuditWhat.values),
                name="cpd_auditevent_what_is_known",
                violation_error_message="Only what is on the list is written down.",
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="is_never_changed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM accounts_user WHERE id = OLD.owner_id) THEN
                        RETURN OLD;
                    END IF;
                    RAISE EXCEPTION 'The log of who saw what is never changed.' USING ERRCODE = 'restrict_violation';
                """,
            )
        ]

    def __str__(self) -> str:
        return f"Log line {self.pk}"
