"""Words typed into a form whose sign-in had ended are kept until their owner is back.

A form that wants this carries `owner_token(user.pk)` in a hidden field (meducation.lib.forms.OwnedForm). When it is
posted without a sign-in (or with a token from before one), its fields are put into the visitor's session, and the page
with the form takes them out again: only for the same person, only on the same address, only within an hour. On a
shared computer the next person never sees them.
"""

import time
from dataclasses import dataclass

from django.core import signing
from django.http import HttpRequest, QueryDict

SESSION_KEY = "kept_words"
OWNER_FIELD = "owner"
KEEP_SECONDS = 60 * 60
MOST_CHARACTERS = 200_000
# Never kept: they are not words, and the page makes new ones.
NOT_WORDS = {OWNER_FIELD, "csrfmiddlewaretoken"}

_signer = signing.Signer(salt="meducation.kept_words")


@dataclass(frozen=True)
class Words:
    """One named piece of text for a page that can only show it back."""

    label: str
    text: str


def owner_token(user_pk: object) -> str:
    """The value of the hidden field that says whose form this is; signed, so nobody can claim another's words."""
    return _signer.sign(str(user_pk))


def is_anothers(request: HttpRequest) -> bool:
    """Whether the posted form says that somebody else than who is signed in was given it."""
    token = request.POST.get(OWNER_FIELD)
    return bool(token) and token != owner_token(request.user.pk)


def keep(request: HttpRequest) -> bool:
    """Keep the posted fields in the session. False when the form does not ask for it or is too long."""
    posted = request.POST
    if OWNER_FIELD not in posted or len(posted.urlencode()) > MOST_CHARACTERS:
        return False
    try:
        owner = _signer.unsign(posted[OWNER_FIELD])
    except signing.BadSignature:
        return False
    words = QueryDict(mutable=True)
    for name, values in posted.lists():
        if name not in NOT_WORDS:
            words.setlist(name, values)
    request.session[SESSION_KEY] = {
        "owner": owner,
        "path": request.path,
        "until": time.time() + KEEP_SECONDS,
        "fields": words.urlencode(),
    }
    return True


def take(request: HttpRequest) -> QueryDict | None:
    """The fields kept for this person on this address, once; None when there are none."""
    kept = request.session.get(SESSION_KEY)
    if not kept or kept["path"] != request.path:
        return None
    del request.session[SESSION_KEY]
    if kept["until"] < time.time() or kept["owner"] != str(request.user.pk):
        return None
    return QueryDict(kept["fields"])


def readable(request: HttpRequest) -> list[Words]:
    """What was typed, for an error page to show in read-only boxes: longer texts only, never a password."""
    return [
        Words(label=name.replace("_", " ").capitalize(), text=value)
        for name, value in request.POST.items()
        if name not in NOT_WORDS and "password" not in name and isinstance(value, str) and len(value) > 20
    ]
