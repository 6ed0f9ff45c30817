"""One's own certificates: list, make, show, download, withdraw and have back."""

import logging
import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.csp import CSP
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.people import person
from cpd.actions.activities import NotYours
from cpd.actions.audit import write_down
from cpd.actions.certificates import (
    CannotCertify,
    give_out,
    make_certificate,
    restore_certificate,
    withdraw_certificate,
)
from cpd.certificates import address_to_check, code_of, standing_now
from cpd.certifying import certifiable
from cpd.forms.certificates import MakeForm
from cpd.models import Activity, AuditWhat, Certificate
from meducation.lib.codes import drawn
from meducation.lib.typesetting import CannotBeSet

logger = logging.getLogger(__name__)

MOST_ON_A_PAGE = 50
# Whoever opens a download in a browser after all: nothing in it may run, load or reach us.
DOWNLOAD_POLICY = "sandbox; default-src 'none'"


@require_safe
def certificate_list(request: HttpRequest) -> HttpResponse:
    """All of the person's certificates, the newest first, each with how it stands."""
    pages = Paginator(person(request).certificates.for_listing(), MOST_ON_A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    certificates = [(certificate, standing_now(certificate)) for certificate in page.object_list]
    context = {"section": "cpd", "certificates": certificates, "page": page}
    return render(request, "cpd/certificate_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def certificate_make(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What a certificate of one of the person's activities would say; then, when they ask for it, the certificate."""
    user = person(request)
    activity = get_object_or_404(user.activities.kept().select_related("article"), pk=pk)
    status, obstacle = 200, None
    if request.method == "POST":
        form = MakeForm(request.POST, owner_pk=user.pk)
        status = 422
        if form.is_valid():
            try:
                issued = make_certificate(by=user, certificate_id=form.cleaned_data["id"], activity_id=pk)
            except CannotCertify as error:
                obstacle = error.obstacle
            except (NotYours, Activity.DoesNotExist) as error:
                raise Http404 from error
            else:
                messages.success(
                    request, "Certificate made." if issued.is_new else "You have this certificate already."
                )
                return redirect(issued.certificate)
    form = MakeForm(owner_pk=user.pk)
    found = certifiable(activity, user=user)
    context = {
        "section": "cpd",
        "activity": activity,
        "form": form,
        "obstacle": obstacle or found.obstacle,
        "certificate": None if found.obstacle else Certificate(**found.facts),
        "gdc_lacks": found.gdc_lacks,
        "earlier": [(each, standing_now(each)) for each in user.certificates.filter(activity=activity).for_listing()],
    }
    return render(request, "cpd/certificate_make.html", context, status=status)


@require_safe
def certificate_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One of the person's certificates: what it says, its code, and where others check it."""
    certificate = _own(request, pk)
    address = address_to_check(certificate)
    context = {
        "section": "cpd",
        "certificate": certificate,
        "name": certificate.holder_name,
        "standing": standing_now(certificate),
        "code": code_of(certificate),
        "address": address,
        "drawing": drawn(address),
    }
    return render(request, "cpd/certificate_detail.html", context)


@require_safe
def certificate_pdf(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The certificate as a file, for its holder."""
    certificate = _own(request, pk)
    try:
        pdf = give_out(certificate=certificate)
    except CannotBeSet:
        logger.exception("A certificate could not be set as a PDF.")
        messages.error(request, "The PDF could not be made just now. The certificate stands; try again later.")
        return redirect(certificate)
    response = HttpResponse(pdf, content_type="application/pdf")
    name = f"certificate-{code_of(certificate) or certificate.pk}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers[str(CSP.HEADER_ENFORCE)] = DOWNLOAD_POLICY
    response.headers["Cache-Control"] = "no-store, private"
    if request.method == "GET":
        user = person(request)
        write_down(owner=user, what=AuditWhat.CERTIFICATE_DOWNLOADED, by=user, about=pk)
    return response


@require_POST
def certificate_withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Say that it is not to be relied on; its page offers to undo that."""
    try:
        certificate = withdraw_certificate(by=person(request), certificate_id=pk)
    except Certificate.DoesNotExist as error:
        raise Http404 from error
    return redirect(certificate)


@require_POST
def certificate_restore(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Let a withdrawn certificate stand again."""
    try:
        certificate = restore_certificate(by=person(request), certificate_id=pk)
    except Certificate.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, "The certificate stands again.")
    return redirect(certificate)


def _own(request: HttpRequest, pk: uuid.UUID) -> Certificate:
    """The person's own certificate; anything else does not exist."""
    certificate: Certificate = get_object_or_404(person(request).certificates.with_standing(), pk=pk)
    return certificate
