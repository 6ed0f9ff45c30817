"""Somebody's own templates: made from an activity, used for the next one."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.people import person
from cpd.actions import NotYours
from cpd.actions.activity_templates import (
    MOST_TEMPLATES,
    EnoughTemplates,
    NameTaken,
    delete_template,
    make_template,
    rename_template,
    restore_template,
)
from cpd.forms.activity_templates import TemplateNameForm
from cpd.models import Activity, ActivityTemplate
from meducation.lib.forms import put_words_back

ENOUGH = f"You have {MOST_TEMPLATES} templates. Delete one that you no longer use, then try again."
NAME_TAKEN = "You have another template of this name. Choose another name."


@require_safe
def template_list(request: HttpRequest) -> HttpResponse:
    """All of them; one deleted just now can be had back."""
    user = person(request)
    just_deleted = None
    if deleted := request.GET.get("deleted"):
        just_deleted = next((one for one in user.activity_templates.restorable() if str(one.pk) == deleted), None)
    templates = list(user.activity_templates.kept().by_name())
    context = {"section": "cpd", "templates": templates, "just_deleted": just_deleted, "most": MOST_TEMPLATES}
    return render(request, "cpd/template_list.html", context)


@require_POST
def template_create(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Make one from an activity. `id`, of the form, names it: the same form twice makes one."""
    try:
        template = make_template(by=person(request), template_id=_id_in(request), activity_id=pk)
    except (NotYours, Activity.DoesNotExist) as error:
        raise Http404 from error
    except EnoughTemplates:
        messages.error(request, ENOUGH)
    else:
        messages.success(request, f"Saved as the template “{template.name}”.")
    return redirect("cpd:template-list")


def _id_in(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("id", ""))
    except ValueError:
        # The page always sends one; without, nothing can be sent twice by mistake.
        return uuid.uuid4()


@require_http_methods(["GET", "HEAD", "POST"])
def template_update(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Give it another name."""
    user = person(request)
    template = get_object_or_404(user.activity_templates.kept(), pk=pk)
    status = 200
    if request.method == "POST":
        form = TemplateNameForm(request.POST, owner_pk=user.pk)
        if form.is_valid():
            try:
                rename_template(by=user, template_id=pk, name=form.cleaned_data["name"])
            except ActivityTemplate.DoesNotExist as error:
                raise Http404 from error
            except NameTaken:
                form.add_error("name", NAME_TAKEN)
            else:
                messages.success(request, "Renamed.")
                return redirect("cpd:template-list")
        status = 422
    else:
        form = TemplateNameForm(owner_pk=user.pk, initial={"name": template.name})
        put_words_back(request, form)
    context = {"section": "cpd", "form": form, "template": template}
    return render(request, "cpd/template_form.html", context, status=status)


@require_POST
def template_delete(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Put it away; the list offers to put it back."""
    try:
        delete_template(by=person(request), template_id=pk)
    except ActivityTemplate.DoesNotExist as error:
        raise Http404 from error
    return redirect(reverse("cpd:template-list", query={"deleted": pk}))


@require_POST
def template_restore(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Put it back."""
    try:
        restore_template(by=person(request), template_id=pk)
    except ActivityTemplate.DoesNotExist as error:
        raise Http404 from error
    except EnoughTemplates:
        messages.error(request, ENOUGH)
    except NameTaken:
        messages.error(request, "You have a new template of its name. Rename that one, then put this one back.")
    else:
        messages.success(request, "Put back.")
    return redirect("cpd:template-list")
