"""The template pack of the forms: one pattern for labels, hints and errors, and no template of another pack."""

from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Fieldset, Layout, Submit
from django import forms
from django.template import Context, Template


class ActivityForm(forms.Form):
    """A form with one of each kind of control."""

    title = forms.CharField(label="Title", help_text="What you did.", error_messages={"required": "Enter a title."})
    minutes = forms.IntegerField(label="Minutes")
    done_on = forms.DateField(label="Date", widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(label="Kind", choices=[("r", "Reading"), ("c", "Course")], widget=forms.RadioSelect)
    domains = forms.MultipleChoiceField(
        label="Domains", choices=[("1", "One"), ("2", "Two")], widget=forms.CheckboxSelectMultiple, required=False
    )
    provider = forms.ChoiceField(label="Provider", choices=[("a", "A")], required=False)
    reflection = forms.CharField(label="Reflection", widget=forms.Textarea, required=False)
    evidence = forms.FileField(label="Evidence", required=False)
    honest = forms.BooleanField(label="It is so", error_messages={"required": "Tick that it is so."})
    article = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any] | None:
        """A complaint about the whole form, when the title asks for one."""
        if self.cleaned_data.get("title") == "clash":
            raise forms.ValidationError("These do not fit together.")
        return super().clean()


def draw(source: str, form: forms.Form) -> BeautifulSoup:
    page = Template("{% load crispy_forms_tags %}" + source).render(Context({"form": form, "csrf_token": "token"}))
    return BeautifulSoup(page, "html.parser")


def the(page: BeautifulSoup, selector: str) -> Tag:
    found = page.select(selector)
    assert len(found) == 1, (selector, len(found))
    return found[0]


def test_label_hint_error_and_control_stand_in_that_order() -> None:
    page = draw("{{ form|crispy }}", ActivityForm({}))

    parts = [part for part in the(page, "#div_id_title").children if isinstance(part, Tag)]

    assert [part.name for part in parts] == ["label", "div", "div", "input"]
    assert [part.get("id") for part in parts] == [None, "id_title_helptext", "id_title_error", "id_title"]
    assert parts[3]["aria-describedby"] == "id_title_helptext id_title_error"
    assert parts[3]["aria-invalid"] == "true"


@pytest.mark.parametrize("source", ["{{ form|crispy }}", "{% crispy form %}"])
def test_every_control_has_a_label(source: str) -> None:
    page = draw(source, ActivityForm())

    controls = [c for c in page.select("input, select, textarea") if c.get("type") != "hidden"]
    labelled = {label["for"] for label in page.select("label")}

    assert len(controls) == 11
    assert {control["id"] for control in controls} == labelled


def test_every_reference_by_id_has_its_target() -> None:
    page = draw("{{ form|crispy }}", ActivityForm({}))

    ids = {element["id"] for element in page.select("[id]")}
    wanted = {
        target for element in page.select("[aria-describedby]") for target in str(element["aria-describedby"]).split()
    }
    wanted |= {str(link["href"]).removeprefix("#") for link in page.select("#error-summary a")}

    assert len(wanted) > 5
    assert wanted <= ids


def test_summary_links_to_fields_and_tells_what_belongs_to_none() -> None:
    page = draw("{{ form|crispy }}", ActivityForm({"title": "clash"}))

    summary = the(page, "#error-summary")

    assert summary["tabindex"] == "-1"
    assert the(page, "#error-summary h2").text == "There is a problem"
    assert summary.select("li")[0].text == "These do not fit together."
    assert [link["href"] for link in summary.select("a")] == ["#id_minutes", "#id_done_on", "#id_kind_0", "#id_honest"]


def test_no_summary_without_errors() -> None:
    assert not draw("{{ form|crispy }}", ActivityForm()).select("#error-summary")


def test_optional_fields_say_so_and_required_ones_do_not() -> None:
    page = draw("{{ form|crispy }}", ActivityForm())

    optional = {field["id"] for field in page.select(".field") if "(optional)" in field.text}

    assert optional == {"div_id_domains", "div_id_provider", "div_id_reflection", "div_id_evidence"}


def test_choices_stand_in_a_named_group() -> None:
    page = draw("{{ form|crispy }}", ActivityForm({}))

    assert the(page, "fieldset#id_kind > legend").text == "Kind"
    assert the(page, "fieldset#id_kind")["aria-describedby"] == "id_kind_error"


def test_numbers_bring_up_the_number_pad() -> None:
    assert the(draw("{{ form|crispy }}", ActivityForm()), "#id_minutes")["inputmode"] == "numeric"


def test_words_of_the_person_are_escaped() -> None:
    page = draw("{{ form|crispy }}", ActivityForm({"title": '"><script>alert(1)</script>'}))

    assert not page.select("script")
    assert the(page, "#id_title")["value"] == '"><script>alert(1)</script>'


def test_layout_objects_are_drawn() -> None:
    form = ActivityForm({})
    form.helper = FormHelper()  # type: ignore[attr-defined]  # crispy's own way
    form.helper.layout = Layout(  # type: ignore[attr-defined]  # the same
        Fieldset("What", "title", Field("minutes", css_class="wide")),
        Div("kind", css_class="box"),
        HTML("<p id='between'>Between</p>"),
        Submit("save", "Save the activity"),
    )

    page = draw("{% crispy form %}", form)

    assert the(page, "form").has_attr("novalidate")
    assert the(page, "fieldset.group > legend").text == "What"
    assert the(page, ".box #id_kind_0")
    assert "wide" in the(page, "#id_minutes")["class"]
    assert the(page, "#between")
    assert the(page, "button[type=submit]").text == "Save the activity"
    assert the(page, "#error-summary")
    assert the(page, "input[name=csrfmiddlewaretoken]")
