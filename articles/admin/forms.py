"""The forms of the desk."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from articles import pictures
from articles.admin.identifiers import BareDoiField, BarePmidField
from articles.assessing import USUAL_PASS_MARK
from articles.details import is_no_interest
from articles.models import Article, Image, Reference, Significance


class Interests(models.TextChoices):
    """Whether the authors have interests that compete with the reader's."""

    NONE = "none", "None"
    SOME = "some", "Yes, described below"


NO_INTERESTS = "None declared."


class ArticleForm(forms.ModelForm[Article]):
    """The words of an article and, for one that readers know, what its new text changes for them."""

    significance = forms.ChoiceField(
        label="How much changes",
        choices=Significance.choices,
        initial=Significance.UPDATE,
        required=False,
        help_text="For those who have read the text before.",
    )
    note = forms.CharField(
        label="What changes",
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
        help_text="One sentence, shown to readers. Needed unless the change is editorial.",
    )

    interests = forms.ChoiceField(
        label="Does any of the authors have competing interests?",
        choices=Interests.choices,
        required=False,
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Article
        fields = "__all__"  # noqa: DJ007 (the admin names them, in its fieldsets)
        widgets = {"topics": forms.CheckboxSelectMultiple}
        labels = {"competing_interests": "What they are", "interests_declared_on": "Declared on"}
        help_texts = {
            "competing_interests": "Who is paid by whom, owns what or advises whom, as far as it touches the subject.",
            "interests_declared_on": "Empty: today, when the answer changes.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.initial.get("competing_interests", "")
        if "interests" in self.fields and stored:
            is_none = is_no_interest(stored)
            self.initial.setdefault("interests", Interests.NONE if is_none else Interests.SOME)
            if is_none:
                self.initial["competing_interests"] = ""
        # Most articles have no questions: an empty box must not keep one from being saved.
        if "pass_mark" in self.fields:
            self.fields["pass_mark"].required = False

    def clean_pass_mark(self) -> int:
        """The usual one, if the box is empty."""
        chosen: int | None = self.cleaned_data["pass_mark"]
        return USUAL_PASS_MARK if chosen is None else chosen

    @property
    def is_to_be_published(self) -> bool:
        """Whether the button that was pressed publishes."""
        return "_publish" in self.data

    def clean(self) -> dict[str, Any]:
        """Ask for the sentence only when a text that readers know is replaced."""
        cleaned = super().clean() or self.cleaned_data
        if "interests" in self.fields and "competing_interests" in cleaned:
            self._answer_interests(cleaned)
        if "note" in self.fields and self.is_to_be_published and was_read(self.instance):
            if not cleaned.get("significance"):
                cleaned["significance"] = Significance.UPDATE
            if cleaned["significance"] != Significance.EDITORIAL and not cleaned.get("note", "").strip():
                self.add_error("note", "Say in a sentence what changes, or choose “Editorial”.")
        return cleaned

    def _answer_interests(self, cleaned: dict[str, Any]) -> None:
        """One answer from the choice and the statement, with the day it was given."""
        choice, statement = cleaned.get("interests"), cleaned["competing_interests"].strip()
        if choice == Interests.SOME and not statement:
            self.add_error("competing_interests", "Say what they are, or choose “None”.")
            return
        if choice == Interests.NONE and statement and not is_no_interest(statement):
            self.add_error("interests", "You chose “None” and described some. Choose one, or empty the box.")
            return
        answer = NO_INTERESTS if choice == Interests.NONE else statement
        cleaned["competing_interests"] = answer
        if "interests_declared_on" not in cleaned:
            return
        is_new = (
            answer != Article.objects.filter(pk=self.instance.pk).values_list("competing_interests", flat=True).first()
        )
        if not answer:
            cleaned["interests_declared_on"] = None
        elif not cleaned["interests_declared_on"] or (is_new and "interests_declared_on" not in self.changed_data):
            cleaned["interests_declared_on"] = timezone.localdate()
        if cleaned["interests_declared_on"] and cleaned["interests_declared_on"] > timezone.localdate():
            self.add_error("interests_declared_on", "This day is still to come.")


def was_read(article: Article) -> bool:
    """Whether readers have been able to see a text of this article."""
    return article.revision is not None and article.revision.live_from <= timezone.now()


class NumberedFormSet(forms.BaseInlineFormSet[Any, Article, forms.ModelForm[Any]]):
    """Rows whose number may be left empty: they then follow the ones that have one."""

    def add_fields(self, form: forms.ModelForm[Any], index: int | None) -> None:
        """An empty number is no error, and a row with nothing but a number is an empty row."""
        super().add_fields(form, index)
        # The only label in the admin's tables is the column's heading, which is not tied to the box.
        for each in form.visible_fields():
            # A select of the admin is wrapped, and its wrapper's attributes are not its own.
            widget = each.field.widget
            if isinstance(widget, RelatedFieldWidgetWrapper):
                widget = widget.widget
            widget.attrs["aria-label"] = f"{form.instance._meta.verbose_name}: {each.label}".capitalize()
        field = form.fields["position"]
        field.required = False
        field.widget.attrs["class"] = "vNumberField"
        if form.instance.pk is None:
            field.initial = None
            form.initial.setdefault("position", None)

    def clean(self) -> None:
        """Give numbers to the rows without; refuse two rows with one number."""
        super().clean()
        rows = [form for form in self.forms if self._is_used(form)]
        numbers = [form.cleaned_data["position"] for form in rows if form.cleaned_data.get("position")]
        if twice := sorted({number for number in numbers if numbers.count(number) > 1}):
            raise ValidationError(f"Two rows have the number {twice[0]}.")
        following = max(numbers, default=0)
        for form in rows:
            if not form.cleaned_data.get("position"):
                following += 1
                form.cleaned_data["position"] = form.instance.position = following

    def _is_used(self, form: forms.ModelForm[Any]) -> bool:
        is_filled = form.has_changed() or form.instance.pk is not None
        return form.is_valid() and is_filled and not form.cleaned_data.get("DELETE")


class ReferenceForm(forms.ModelForm[Reference]):
    """One source. What is pasted with its DOI or PMID, an address or a label, is taken off; the bare one is kept."""

    class Meta:
        model = Reference
        fields = ["position", "authors", "title", "source", "year", "doi", "pmid", "url"]
        field_classes = {"doi": BareDoiField, "pmid": BarePmidField}


class ImageForm(forms.ModelForm[Image]):
    """What the library says about a picture."""

    class Meta:
        model = Image
        fields = ["title", "alternative_text", "is_decorative", "caption", "credit"]


class NewImageForm(ImageForm):
    """The same with the picture itself."""

    file = forms.FileField(
        label="Picture",
        help_text="PNG, JPEG or WebP, at most 10 MB. It is stored anew, without the data a camera adds.",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )

    def clean_file(self) -> pictures.Picture:
        """The re-encoded picture. What it is, is decided by its content; its name is not looked at."""
        upload = self.cleaned_data["file"]
        if upload.size > pictures.MOST_BYTES:
            raise ValidationError(pictures.TOO_MANY_BYTES)
        try:
            picture = pictures.reencode(upload)
        except pictures.BadPicture as error:
            raise ValidationError(str(error)) from error
        known = Image.objects.filter(name=picture.name).first()
        if known is not None:
            raise ValidationError(f"This picture is in the library already, as “{known}”.")
        return picture
