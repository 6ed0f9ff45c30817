"""Unsaved words: kept while somebody types, listed, gone on with, put side by side, discarded and had back."""

import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.people import person
from cpd.actions.drafts import (
    NotYourDraft,
    TooManyWords,
    Typed,
    discard_draft,
    put_words_away,
    restore_draft,
    save_draft,
    settle_draft,
)
from cpd.drafts import MOST_CHARACTERS, Words, as_posted, cleaned_words, words_in
from cpd.forms.beside import Beside, side_by_side
from cpd.forms.drafts import DraftForm, SavedFromForm, address_of_form
from cpd.models import Draft, Drafted
from cpd.querysets.record import own_artefacts
from cpd.reading import reader_name
from meducation.lib.answers import wants_json
from meducation.lib.dates import day_month_year
from meducation.lib.forms import OwnedForm

TOO_LONG = f"This is more than we keep as a draft: at most {MOST_CHARACTERS:,} characters. Save it, or shorten it."
NO_WORDS = "These are no words of a form."
# Sent with a form that is only to be put beside a draft: its key.
BESIDE = "beside"
# Or this word: put beside what is saved.
SAVED = "saved"
# Fields that say of what version of the record a form was opened.
VERSIONS = ("version", "reflection_version")


# --- What a page with a form asks for --------------------------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def draft(request: HttpRequest, subject: uuid.UUID) -> JsonResponse:
    """GET: all drafts of one thing. POST: keep what one tab holds of it; an older save changes nothing.

    401 without a sign-in, 403 for another's page, 404 for what is somebody else's, 413 too long, 422 malformed.
    """
    if not isinstance(request.user, User):
        return JsonResponse({"login_url": reverse("account_login")}, status=401)
    if request.method != "POST":
        return _drafts_of(request, request.user, subject)
    form = DraftForm.from_json(request.body)
    if not form.is_valid():
        return JsonResponse({"error": NO_WORDS}, status=422)
    if form.cleaned_data["reader"] != reader_name(request.user):
        # The page belongs to somebody who logged out since.
        return JsonResponse({"login_url": reverse("account_login")}, status=403)
    typed, key = form.typed(subject), form.cleaned_data["put_away"]
    try:
        if key:
            kept = put_words_away(by=request.user, draft_id=key, typed=typed)
        else:
            kept = save_draft(by=request.user, typed=typed)
    except TooManyWords:
        return JsonResponse({"error": TOO_LONG}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except NotYourDraft as error:
        raise Http404 from error
    return JsonResponse({"id": str(kept.pk), "saved_at": kept.saved_at.isoformat(), "sequence": kept.sequence})


def _drafts_of(request: HttpRequest, user: User, subject: uuid.UUID) -> JsonResponse:
    """Those of the subject with their words; of what was begun on the same page, only what it is."""
    kind = request.GET.get("kind", "")
    address = address_of_form(request.GET.get("address", "")[:300], kind)
    begun = user.drafts.begun_at(address or "").for_listing()
    device = _uuid(request.GET.get("device"))
    return JsonResponse(
        {
            "reader": reader_name(user),
            "csrf": get_token(request),
            "drafts": [
                _plain(each) | {"words": each.words, "sequence": each.sequence}
                for each in user.drafts.waiting().filter(subject=subject)
            ],
            "begun": [_plain(each) for each in begun.exclude(subject=subject)],
            "saved": [
                {"subject": str(of), "slot": slot, "sequence": sequence}
                for of, slot, sequence in user.drafts.saved_on(device).values_list("subject", "slot", "sequence")
            ]
            if device
            else [],
        }
    )


def _plain(each: Draft) -> dict[str, Any]:
    return {
        "id": str(each.pk),
        "subject": str(each.subject),
        "device": str(each.device),
        "slot": each.slot,
        "title": each.title,
        "saved_at": each.saved_at.isoformat(),
        "url": continue_url(each),
        "discard_url": reverse("cpd:draft-discard", args=[each.pk]),
        "restore_url": reverse("cpd:draft-restore", args=[each.pk]),
    }


def continue_url(each: Draft) -> str:
    """Where the words can be gone on with."""
    return f"{each.address}{'&' if '?' in each.address else '?'}{urlencode({'draft': str(each.pk)})}"


def _uuid(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


# --- The list --------------------------------------------------------------------------------------------------------


@require_safe
def draft_list(request: HttpRequest) -> HttpResponse:
    """Unsaved words: what can be gone on with, and what was discarded lately."""
    user = person(request)
    waiting = list(user.drafts.waiting().for_listing())
    put_away = list(user.drafts.put_away(timezone.now()).for_listing().order_by("-put_away_at", "-pk"))
    subjects = {each.subject for each in [*waiting, *put_away]}
    saved: set[uuid.UUID] = set()
    if subjects:
        saved |= set(user.activities.kept().filter(pk__in=subjects).values_list("pk", flat=True))
        saved |= set(own_artefacts(user).kept().filter(pk__in=subjects).values_list("pk", flat=True))
    just_discarded = next((each for each in put_away if str(each.pk) == request.GET.get("discarded")), None)
    return render(
        request,
        "cpd/draft_list.html",
        {
            "section": "cpd",
            "waiting": [_row(each, saved) for each in waiting],
            "put_away": [_row(each, saved) for each in put_away],
            "just_discarded": just_discarded,
        },
    )


def _row(each: Draft, saved: set[uuid.UUID]) -> dict[str, Any]:
    is_saved = each.subject in saved
    return {
        "draft": each,
        "is_saved": is_saved,
        # What it would change was deleted meanwhile: first that must be put back.
        "is_gone": each.base_version is not None and not is_saved,
        "url": continue_url(each),
    }


@require_POST
def draft_discard(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Put a draft away; the next page offers to put it back."""
    try:
        discard_draft(by=person(request), draft_id=pk)
    except Draft.DoesNotExist as error:
        raise Http404 from error
    if wants_json(request):
        return HttpResponse(status=204)
    return redirect(reverse("cpd:draft-list", query={"discarded": pk}))


@require_POST
def draft_restore(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Have a discarded draft back."""
    try:
        restore_draft(by=person(request), draft_id=pk)
    except Draft.DoesNotExist as error:
        raise Http404 from error
    if wants_json(request):
        return HttpResponse(status=204)
    messages.success(request, "Put back. Continue when you like.")
    return redirect("cpd:draft-list")


@require_POST
def draft_give_way(request: HttpRequest, subject: uuid.UUID) -> HttpResponse:
    """Keep the other version: what stands in the posted form is put away, and the form opens with the other one."""
    user, posted = person(request), request.POST
    kind = Drafted.ARTEFACT if posted.get("draft_kind") == Drafted.ARTEFACT else Drafted.ACTIVITY
    address = address_of_form(posted.get("draft_address", "")[:300], kind)
    key, words = _uuid(posted.get("draft_key")), cleaned_words(dict(posted.lists()))
    if address is None or key is None or not words:
        raise Http404
    tab = SavedFromForm.of(posted).tab
    device, slot, sequence = tab or (uuid.uuid4(), 0, 1)
    typed = Typed(kind, subject, device, slot, sequence, address, _version(words), words)
    try:
        put_words_away(by=user, draft_id=key, typed=typed)
    except NotYourDraft as error:
        raise Http404 from error
    except TooManyWords:
        messages.error(request, TOO_LONG)
        return redirect(address)
    settle_draft(by=user, subject=subject, kind=kind, tab=tab)
    other = _waiting(request, posted.get("draft_beside"))
    messages.info(request, "The form has the other version now. Yours is kept under Unsaved words for 30 days.")
    return redirect(continue_url(other) if other is not None else address)


def _version(words: Words) -> int | None:
    typed = (words.get("version") or [""])[0]
    return int(typed) if typed.isascii() and typed.isdecimal() and 0 < int(typed) < 2**31 else None


# --- What the pages with forms use -----------------------------------------------------------------------------------


def _waiting(request: HttpRequest, named: str | None) -> Draft | None:
    """This person's draft of that key, if there is one to go on with."""
    key = _uuid(named)
    return person(request).drafts.waiting().filter(pk=key).first() if key else None


def put_draft_back(request: HttpRequest, form: OwnedForm) -> Draft | None:
    """Fill a form with the draft that `?draft=` names, if it is this person's; None when there is none."""
    found = _waiting(request, request.GET.get("draft"))
    if found is not None:
        form.put_back(as_posted(found.words, subject=found.subject))
    return found


def beside_draft(request: HttpRequest, make: Callable[[], OwnedForm]) -> tuple[OwnedForm, Beside | None]:
    """The posted words, unchecked, and beside them the draft asked for."""
    form = make()
    form.put_back(request.POST)
    if request.POST[BESIDE] == SAVED:
        return form, beside_saved(form, make())
    found = _waiting(request, request.POST[BESIDE])
    if found is None:
        return form, None
    theirs = make()
    theirs.put_back(as_posted(found.words, subject=found.subject))
    device = _uuid(request.POST.get("draft_device"))
    where = "another tab of this device" if found.device == device else "another device"
    at = timezone.localtime(found.saved_at)
    return form, Beside(
        theirs=f"Typed on {where}",
        explains=f"On {day_month_year(at.date())} at {at:%H:%M} you typed this on {where}, and did not save it.",
        pairs=side_by_side(form, theirs),
        draft=str(found.pk),
    )


def beside_saved(mine: OwnedForm, theirs: OwnedForm) -> Beside:
    """The words of a form beside what another tab or device saved meanwhile."""
    return Beside(
        theirs="Saved elsewhere",
        explains="While you were typing, another tab or device saved this. Nothing of either is lost: choose.",
        pairs=side_by_side(mine, theirs),
        draft=SAVED,
    )


def over_saved(form: OwnedForm, saved: OwnedForm) -> Beside | None:
    """Beside what is saved, if a draft's words were typed over an earlier version; they can then be saved over this."""
    names = [name for name in VERSIONS if name in form.fields]
    if all(str(form.initial.get(name) or "") == str(saved.initial.get(name) or "") for name in names):
        return None
    form.initial = {**form.initial, **{name: saved.initial.get(name) for name in names}}
    return beside_saved(form, saved)


def is_over_saved(request: HttpRequest) -> bool:
    """Whether a form is sent that was shown beside what is saved, to be saved over it."""
    return request.POST.get("draft_beside") == SAVED


def in_form(request: HttpRequest, kind: str, *, went_on_with: Draft | None = None) -> dict[str, Any]:
    """What cpd/draft_form.html needs: which draft the form goes on with, and what it is called if it gives way."""
    posted = SavedFromForm.of(request.POST)
    return {
        "kind": kind,
        "went_on_with": went_on_with.pk if went_on_with is not None else posted.cleaned_data.get("draft"),
        "key": uuid.uuid4(),
        "address": address_of_form(request.get_full_path(), kind),
    }


def settle(request: HttpRequest, subject: uuid.UUID, kind: str, *, replaced: Words | None = None) -> None:
    """The form of this request is saved: its draft is not needed any more.

    `replaced` is what it was saved over, having been shown beside it: kept for 30 days.
    """
    user, posted = person(request), SavedFromForm.of(request.POST)
    settle_draft(by=user, subject=subject, kind=kind, tab=posted.tab, seen=posted.seen)
    key, address = _uuid(request.POST.get("draft_key")), address_of_form(request.get_full_path(), kind)
    if replaced is not None and key is not None and address is not None:
        typed = Typed(kind, subject, uuid.uuid4(), 0, 1, address, _version(replaced), replaced)
        put_words_away(by=user, draft_id=key, typed=typed)


def saved_meanwhile(request: HttpRequest, form: OwnedForm) -> HttpResponse:
    """A form for a new activity that exists by now and says something else: keep its words, and show both versions."""
    words = cleaned_words(words_in(form)) or {}
    activity_id: uuid.UUID = form.cleaned_data["id"]
    device, slot, sequence = SavedFromForm.of(request.POST).tab or (uuid.uuid4(), 0, 0)
    address = reverse("cpd:activity-update", args=[activity_id])
    # One more than the draft that the page has sent before.
    typed = Typed(Drafted.ACTIVITY, activity_id, device, slot, sequence + 1, address, 1, words)
    kept = save_draft(by=person(request), typed=typed)
    return redirect(continue_url(kept))
