"""Checking a certificate: for anybody who has its code, without an account.

What is wrong with a code is not told: one that is unknown and one that cannot be are the same answer, and all tries
are counted.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from allauth.core.internal.ratelimit import consume as consume_any
from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from cpd.actions.certificates import note_check
from cpd.certificates import CODES, certificate_behind, code_of, is_issued_file, shortened, standing_now
from cpd.forms.certificates import UNKNOWN, CheckForm, FileForm
from meducation.lib.uploads import MOST_FILE_BYTES

TOO_MANY = "Too many codes were tried from here. Wait five minutes, then try again."


def _out_of_sight[**Rest](
    view: Callable[Concatenate[HttpRequest, Rest], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Rest], HttpResponse]:
    """For pages whose address is as good as a key: no search engine, no cache, and no other site learns of it."""

    @wraps(view)
    def unseen(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        # Not "no-referrer": with that, browsers send forms without saying where from, and we refuse those.
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    return never_cache(unseen)


@login_not_required
@require_safe
@_out_of_sight
def verify(request: HttpRequest) -> HttpResponse:
    """Where a code is entered (`?code=`). It leads to the certificate's own address."""
    if "code" not in request.GET:
        return render(request, "cpd/verify.html", {"form": CheckForm()})
    form = CheckForm(request.GET)
    if form.is_valid() and (code := CODES.typed(form.cleaned_data["code"])):
        return redirect("verify-certificate", code=CODES.grouped(code))
    if form.is_valid():
        form.add_error("code", UNKNOWN)
    return render(request, "cpd/verify.html", {"form": form}, status=422)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@_out_of_sight
def verify_certificate(request: HttpRequest, code: str) -> HttpResponse:
    """Every field of a certificate, and how it stands. A PDF sent to it is told whether it is the one issued."""
    # Before anything is looked up: a try that found something is told no sooner than one that did not.
    # (allauth's public function passes over GET, which is how a QR code arrives.)
    if not consume_any(request, app="allauth.account", action="check_certificate", limit_get=True):
        return _not_found(request, code, TOO_MANY, status=429)
    certificate = certificate_behind(code)
    if certificate is None:
        return _not_found(request, code, UNKNOWN, status=404)
    form, answer, status = FileForm(), "", 200
    if request.method == "POST":
        form = FileForm(request.POST, request.FILES)
        if form.is_valid():
            answer = "is" if is_issued_file(certificate, _sha256(form.cleaned_data["file"])) else "is-not"
        else:
            status = 422
    elif request.method == "GET":
        note_check(certificate=certificate, by=request.user if isinstance(request.user, User) else None)
    context = {
        "certificate": certificate,
        "name": shortened(certificate.holder_name),
        "standing": standing_now(certificate),
        "code": code_of(certificate),
        "form": form,
        "answer": answer,
    }
    return render(request, "cpd/verify_certificate.html", context, status=status)


def _not_found(request: HttpRequest, code: str, why: str, *, status: int) -> HttpResponse:
    form = CheckForm({"code": code[:60]})
    form.full_clean()
    form.add_error("code", why)
    return render(request, "cpd/verify.html", {"form": form}, status=status)


def _sha256(file: UploadedFile[Any]) -> str:
    """Of a file that is read once and kept nowhere. Empty for one larger than we take, which is none of ours."""
    if (file.size or 0) > MOST_FILE_BYTES:
        return ""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()
