"""The small forms of reviewing and retiring."""

from typing import Any, cast

from django import forms

from accounts.models import User
from accounts.roles import DESK_ROLES
from articles.models import Article

LONG_LINE = {"class": "vLargeTextField"}


class PlainForm(forms.Form):
    """Errors are ours, in one pattern; the browser's bubbles stay away."""

    use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        """Without the one character the database cannot hold."""
        cleaned = super().clean() or {}
        return {name: value.replace("\x00", "") if isinstance(value, str) else value for name, value in cleaned.items()}


class AskForm(PlainForm):
    """Whom to ask, and what for."""

    reviewer = forms.ModelChoiceField(
        User.objects.none(),
        required=False,
        label="Who should read it",
        empty_label="The editors choose somebody",
        help_text="Anybody of the desk but its authors.",
    )
    request = forms.CharField(
        label="What to look at",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs=LONG_LINE | {"rows": 3}),
        help_text="For example: the doses in the second table.",
    )

    def __init__(self, *args: Any, article: Article, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        theirs = article.authors.filter(user__isnull=False).values("user")
        people = User.objects.filter(role__in=DESK_ROLES, is_active=True).exclude(pk__in=theirs)
        if article.created_by_id is not None:
            people = people.exclude(pk=article.created_by_id)
        cast("forms.ModelChoiceField[User]", self.fields["reviewer"]).queryset = people.order_by("name", "email")


class CommentForm(PlainForm):
    """Something to say, and the passage it is about."""

    quotation = forms.CharField(
        label="The passage it is about",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs=LONG_LINE | {"rows": 2}),
        help_text="Copied from the text. Empty: the whole article.",
    )
    text = forms.CharField(
        label="Your comment",
        max_length=5000,
        widget=forms.Textarea(attrs=LONG_LINE | {"rows": 4}),
        error_messages={"required": "Write your comment."},
    )


class ChangesForm(PlainForm):
    """What should change."""

    changes = forms.CharField(
        label="What should change",
        max_length=5000,
        widget=forms.Textarea(attrs=LONG_LINE | {"rows": 4}),
        help_text="The article cannot be published until this is settled.",
        error_messages={"required": "Say what should change."},
    )


class SignForm(PlainForm):
    """A signature."""

    name = forms.CharField(
        label="Your name",
        max_length=150,
        widget=forms.TextInput(attrs=LONG_LINE | {"autocomplete": "name"}),
        help_text="Shown to readers, with the date.",
        error_messages={"required": "Write your name as readers should see it."},
    )
    credentials = forms.CharField(
        label="Your credentials",
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs=LONG_LINE),
        help_text="For example: FRCP, consultant rheumatologist.",
    )
    competing_interests = forms.CharField(
        label="Your competing interests",
        max_length=2000,
        widget=forms.Textarea(attrs=LONG_LINE | {"rows": 2}),
        help_text="“None declared.” if there are none. Shown to readers.",
        error_messages={"required": "Say which competing interests you have, or “None declared.”"},
    )
    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)


class RetireForm(PlainForm):
    """Why an article is no longer kept up."""

    because = forms.CharField(
        label="Why",
        max_length=300,
        widget=forms.TextInput(attrs=LONG_LINE),
        help_text="One sentence for readers, such as: “The guideline it explains was withdrawn in May 2026.”",
        error_messages={"required": "Say in a sentence why it is retired."},
    )
