"""The questions below an article's form: each with its answers in the same block, so that nothing is nested."""

import string
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.forms.widgets import Script
from django.http import HttpRequest

from accounts.models import User
from accounts.people import person
from articles.actions import write_choices
from articles.admin.forms import NumberedFormSet
from articles.assessing import TRUE_OR_FALSE
from articles.models import Article, Choice, Question, QuestionKind

LETTERS = string.ascii_uppercase[:5]
ANSWERS = [f"answer_{letter.lower()}" for letter in LETTERS]
LONGEST_ANSWER = Choice._meta.get_field("text").max_length
NEEDS_LETTER = "Of a single best answer, the right one is a letter."
NEEDS_TRUE_OR_FALSE = "The right answer is “True” or “False”."
NO_ANSWERS_OF_ITS_OWN = (
    "A statement that is true or false needs no answers: clear them, or choose “Single best answer”."
)


def _answer(letter: str) -> forms.CharField:
    return forms.CharField(
        label=f"Answer {letter}",
        required=False,
        max_length=LONGEST_ANSWER,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


class QuestionForm(forms.ModelForm[Question]):
    """One question and its answers. It may be saved half written; publishing asks for the rest."""

    answer_a, answer_b, answer_c, answer_d, answer_e = (_answer(letter) for letter in LETTERS)
    right = forms.ChoiceField(
        label="Right answer",
        required=False,
        choices=[
            ("", "Not chosen yet"),
            ("Single best answer", [(letter, letter) for letter in LETTERS]),
            ("True or false", [(word, word) for word in TRUE_OR_FALSE]),
        ],
    )

    class Meta:
        model = Question
        fields = ["position", "kind", "text", "explanation"]
        widgets = {
            "text": AdminTextareaWidget(attrs={"rows": 2}),
            "explanation": AdminTextareaWidget(attrs={"rows": 3}),
        }
        help_texts = {
            "kind": "Single best answer: write two to five answers. True or false: write a statement to judge.",
            "explanation": "Why it is right, and the others are not. Readers see it once they have answered.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._show(list(self.instance.choices.all()) if self.instance.pk else [])

    def _show(self, choices: list[Choice]) -> None:
        is_true_or_false = self.instance.kind == QuestionKind.TRUE_FALSE
        names = TRUE_OR_FALSE if is_true_or_false else LETTERS
        for place, choice in enumerate(choices[: len(names)]):
            if not is_true_or_false:
                self.initial[ANSWERS[place]] = choice.text
            if choice.is_correct:
                self.initial["right"] = names[place]

    def clean(self) -> dict[str, Any]:
        """Refuse what contradicts itself; what is only missing can wait."""
        cleaned = super().clean() or self.cleaned_data
        right, texts = cleaned.get("right", ""), self._typed()
        if cleaned.get("kind") == QuestionKind.TRUE_FALSE:
            if right in LETTERS:
                self.add_error("right", NEEDS_TRUE_OR_FALSE)
            for name in texts:
                self.add_error(name, NO_ANSWERS_OF_ITS_OWN)
            return cleaned
        if right in TRUE_OR_FALSE:
            self.add_error("right", NEEDS_LETTER)
        elif right and f"answer_{right.lower()}" not in texts:
            self.add_error("right", f"Answer {right} is empty.")
        said: set[str] = set()
        for name, text in texts.items():
            if text.casefold() in said:
                self.add_error(name, "Another answer says the same.")
            said.add(text.casefold())
        return cleaned

    def _typed(self) -> dict[str, str]:
        return {name: text for name in ANSWERS if (text := self.cleaned_data.get(name, ""))}

    def choices(self) -> tuple[list[str], int | None]:
        """The answers as they are to be stored, and the place of the right one."""
        right = self.cleaned_data["right"]
        if self.cleaned_data["kind"] == QuestionKind.TRUE_FALSE:
            return list(TRUE_OR_FALSE), TRUE_OR_FALSE.index(right) if right else None
        texts = self._typed()
        # Empty boxes between answers close up.
        return list(texts.values()), list(texts).index(f"answer_{right.lower()}") if right else None


class QuestionFormSet(NumberedFormSet):
    """Questions in the order of their numbers, with their answers."""

    by: User

    def add_fields(self, form: forms.ModelForm[Any], index: int | None) -> None:
        """Each box has its own label here, so it needs no second name."""
        super().add_fields(form, index)
        for each in form.visible_fields():
            each.field.widget.attrs.pop("aria-label", None)

    def save_new(self, form: forms.ModelForm[Any], commit: bool = True) -> Any:
        """With its answers."""
        return self._with_choices(form, super().save_new(form, commit=commit))

    def save_existing(self, form: forms.ModelForm[Any], obj: Any, commit: bool = True) -> Any:
        """With its answers."""
        return self._with_choices(form, super().save_existing(form, obj, commit=commit))

    def _with_choices(self, form: forms.ModelForm[Any], question: Question) -> Question:
        if isinstance(form, QuestionForm):
            texts, right = form.choices()
            write_choices(by=self.by, question=question, texts=texts, right=right)
        return question


class QuestionInline(admin.StackedInline[Question, Article]):
    """What readers can test themselves with at the end of the article."""

    model = Question
    form = QuestionForm
    formset = QuestionFormSet
    fieldsets = [
        (None, {"fields": [("position", "kind"), "text", *ANSWERS, "right", "explanation"]}),
    ]
    # Without a script, the empty one is the only way to add another.
    extra = 1
    classes = ["collapse"]
    verbose_name_plural = "Questions: at the end, readers can test themselves"

    class Media:
        js = [Script("js/admin/questions.js", type="module")]

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the answers: two queries, however many there are."""
        return super().get_queryset(request).prefetch_related("choices")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """The class is made for this request, so it can hold who saves."""
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.by = person(request)
        return formset
