"""The addresses of links, and the codes that go with them.

An address follows from a row's id and the site's secret, and only its hash is kept. So its owner can be shown it again,
and a copy of the database opens nothing. The same holds for the code that a link may ask for, and for the codes by
which appraisers show that an e-mail address is theirs.
"""

import base64
import hashlib

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from cpd.models import Activity, Appraiser, AuditEvent, ShareEntry, ShareLink
from cpd.reminding import site_address
from meducation.lib.codes import Codes, known_secrets
from meducation.lib.dates import Span

SALT = "cpd.sharing"
# The code that a link may ask for: read out or sent by another way than the address.
CODES = Codes(SALT, length=6, group=3)
TOKEN_BYTES = 20  # 160 bits, in 32 signs that survive being typed.
FIGURES = 6  # Of a code that comes by mail.


def token_of(link_id: object, *, secret: str | None = None) -> str:
    """The secret part of a link's address; by the site's secret of today unless another is named."""
    digest = salted_hmac(f"{SALT}.token", str(link_id), secret=secret, algorithm="sha256").digest()
    return base64.b32encode(digest[:TOKEN_BYTES]).decode().lower()


def digest_of(token: str) -> str:
    """What is kept of an address."""
    return hashlib.sha256(token.encode()).hexdigest()


def address_of(link: ShareLink) -> str:
    """The whole address of a link, for its owner: the one that opens it, also when the site's secret was changed."""
    made = (token_of(link.pk, secret=secret) for secret in known_secrets())
    token = next((each for each in made if digest_of(each) == link.token_sha256), token_of(link.pk))
    return site_address(reverse("shared:record", args=[token]))


def open_link(token: str) -> ShareLink | None:
    """The link of an address, with its owner; None for one that shows nothing, whyever. One query in each case."""
    links = ShareLink.objects.open_at(timezone.now()).select_related("user__profile")
    return links.filter(token_sha256=digest_of(token)).first()


def code_of(link: ShareLink) -> str:
    """The code that a link asks for."""
    return CODES.of(link.pk)


def is_code_of(link: ShareLink, typed: str) -> bool:
    """Whether somebody typed the code of a link."""
    code = CODES.typed(typed)
    # The owner may have told it before the site's secret was changed.
    return any(constant_time_compare(code, CODES.of(link.pk, secret=secret)) for secret in known_secrets())


def mailed_code_of(appraiser: Appraiser) -> str:
    """The code in the last mail to an appraiser: six figures."""
    what = f"{appraiser.pk}.{appraiser.code_number}"
    number = int.from_bytes(salted_hmac(f"{SALT}.appraiser", what, algorithm="sha256").digest())
    return f"{number % 10**FIGURES:0{FIGURES}}"


# --- For the owner's pages -------------------------------------------------------------------------------------------

MOST_USES_SHOWN = 100


def uses_of(link: ShareLink) -> list[AuditEvent]:
    """What the owner's log says of a link: when it was turned on, opened, stopped; the newest first. One query."""
    return list(AuditEvent.objects.owned_by(link.user).filter(about=link.pk).for_listing()[:MOST_USES_SHOWN])


def entries_to_choose(link: ShareLink) -> QuerySet[Activity]:
    """The owner's activities of the period, newest first; `is_shown` tells which the link shows."""
    activities = Activity.objects.owned_by(link.user).kept().within(Span(link.first_on, link.last_on))
    shown = ShareEntry.objects.filter(link=link, activity=OuterRef("pk"))
    return activities.annotate(is_shown=Exists(shown)).for_listing()
