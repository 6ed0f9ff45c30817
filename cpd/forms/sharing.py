"""What a link shows, and what somebody who came by one says."""

import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils.timezone import localdate

from cpd.actions.sharing import EDITABLE, OF_PERIOD
from cpd.forms.discussions import IDENTIFY_NOBODY, NameField
from cpd.models import LONGEST_AUDIENCE, LONGEST_COMMENT, MOST_DAYS, USUAL_DAYS, Pack, ShareLink
from cpd.models.plan import CENTURIES
from cpd.sharing import CODES, FIGURES
from meducation.lib.dates import day_month_year
from meducation.lib.forms import DayField, OwnedForm

if TYPE_CHECKING:
    from accounts.models import User

DAYS = f"Enter a whole number of days from 1 to {MOST_DAYS}."
NOT_A_MAILED_CODE = f"The code has {FIGURES} figures, like 204816."


def name_of(pack: Pack) -> str:
    """ "CPD portfolio 3, made 23 November 2026"."""
    return f"{pack.get_kind_display()} {pack.number}, made {day_month_year(localdate(pack.made_at))}"


class ShareForm(OwnedForm):
    """A link, to make or to change."""

    audience = forms.CharField(
        label="Who is it for?",
        max_length=LONGEST_AUDIENCE,
        help_text="For you alone, to tell your links apart. For example: Appraisal with Dr Khan.",
        error_messages={"required": "Say who it is for, in a few words."},
    )
    shown_name = NameField(help_text="As the page you share calls you.")
    pack = forms.TypedChoiceField(
        label="What do you share?",
        required=False,
        coerce=uuid.UUID,
        empty_value=None,
        help_text="A portfolio or pack is shown as it was made: its period, reflections, plan and activities.",
        error_messages={"invalid_choice": "Choose one of the list. This one is not there any more."},
    )
    first_on = DayField(label="From", error_messages={"required": "Enter the first day of the period."})
    last_on = DayField(label="To", error_messages={"required": "Enter the last day of the period."})
    with_requirements = forms.BooleanField(
        label="Progress by requirement",
        required=False,
        help_text="Where you stand today with each of your bodies. It is worked out from your whole record.",
    )
    with_plan = forms.BooleanField(
        label="My plan, and what came of it",
        required=False,
        help_text="The goals of the period’s years and of the year before, with your words on them.",
    )
    with_reflections = forms.BooleanField(
        label="Reflections that may be shared",
        required=False,
        help_text="Only those where you ticked that they may be read. The others stay private, always.",
    )
    with_files = forms.BooleanField(
        label="Evidence files", required=False, help_text="Whoever has the link can download them."
    )
    days = forms.IntegerField(
        label="Days it stays open",
        min_value=1,
        max_value=MOST_DAYS,
        initial=USUAL_DAYS,
        widget=forms.NumberInput(attrs={"class": "control--short"}),
        help_text="From the moment you turn it on. You can stop it at any time.",
        error_messages={"required": DAYS, "invalid": DAYS, "min_value": DAYS, "max_value": DAYS},
    )
    asks_code = forms.BooleanField(
        label="Ask for a code as well",
        required=False,
        help_text="You tell the code by another way, as by phone. Then the address alone opens nothing.",
    )
    id = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**31 - 1)

    def __init__(
        self, data: QueryDict | None = None, *, user: "User", link: ShareLink | None = None, **kwargs: Any
    ) -> None:
        """For a new link, or to change one: what it shows a part of stays as it is."""
        super().__init__(data, owner_pk=user.pk, **kwargs)
        self.user, self.link = user, link
        packs = [(str(pack.pk), name_of(pack)) for pack in user.packs.frozen().for_listing()] if link is None else []
        # One that was chosen and is gone is refused below, instead of sharing a period that nobody asked for.
        if packs or (link is None and self.data.get("pack")):
            self.fields["pack"].choices = [("", "Activities of a period"), *packs]  # type: ignore[attr-defined]  # above
        else:
            del self.fields["pack"]
        if link is not None and link.is_of_pack:
            for name in OF_PERIOD:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """A period that ends after it begins; with a pack, whatever its fields say."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("pack") is not None:
            for name in OF_PERIOD:
                self.errors.pop(name, None)
            return cleaned
        for name in ("first_on", "last_on"):
            if cleaned.get(name) and not CENTURIES[0] <= cleaned[name] <= CENTURIES[1]:
                self.add_error(name, "Enter a date from 1900 to 2200.")
        if cleaned.get("first_on") and cleaned.get("last_on") and cleaned["last_on"] < cleaned["first_on"]:
            self.add_error("last_on", "The last day cannot be before the first.")
        return cleaned

    def link_fields(self) -> dict[str, Any]:
        """The columns of the link, as far as the form asks for them."""
        return {name: self.cleaned_data.get(name) for name in EDITABLE if name in self.fields}

    def pack_id(self) -> uuid.UUID | None:
        """The pack that a new link is to show."""
        chosen: uuid.UUID | None = self.cleaned_data.get("pack")
        return chosen

    def for_version(self, version: int) -> "ShareForm":
        """The same words, to be saved over another version of the link."""
        data = QueryDict(mutable=True)
        data.update({name: str(value) for name, value in self.data.items()} | {"version": str(version)})
        return ShareForm(data, user=self.user, link=self.link)

    @classmethod
    def initial_for(cls, link: ShareLink) -> dict[str, Any]:
        """The form's values for a link that is to be changed."""
        return {name: getattr(link, name) for name in EDITABLE} | {"id": link.pk, "version": link.version}


class LinkCodeForm(forms.Form):
    """The code that the owner told by another way."""

    code = forms.CharField(
        label="Code",
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "control--code",
            }
        ),
        help_text=f"{CODES.length} letters and figures, from whoever gave you the link.",
        error_messages={
            "required": "Enter the code.",
            "max_length": f"A code has {CODES.length} letters and figures, like K7M-3QX.",
        },
    )


class WhoForm(forms.Form):
    """Who somebody is, and where a code can reach them."""

    name = NameField(help_text="It stands beside your comments.")
    email = forms.EmailField(
        label="Your e-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="We send a code there, and nothing else. Whose record it is sees the address.",
        error_messages={
            "required": "Enter your e-mail address.",
            "invalid": "Enter an e-mail address, like name@example.org.",
        },
    )

    def clean_email(self) -> str:
        """In small letters, so that one address is one person."""
        return str(self.cleaned_data["email"]).lower()


class MailedCodeForm(forms.Form):
    """The code from the mail."""

    code = forms.CharField(
        label="Code from the e-mail",
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "control--code"}
        ),
        error_messages={"required": "Enter the code from the e-mail.", "max_length": NOT_A_MAILED_CODE},
    )

    def clean_code(self) -> str:
        """The figures alone."""
        code = "".join(str(self.cleaned_data["code"]).split())
        if len(code) != FIGURES or not code.isascii() or not code.isdigit():
            raise forms.ValidationError(NOT_A_MAILED_CODE, code="not_a_code")
        return code


class CommentForm(forms.Form):
    """What an appraiser says."""

    words = forms.CharField(
        label="Comment",
        required=False,
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=f"It becomes part of the record, and cannot be changed afterwards. {IDENTIFY_NOBODY}",
        error_messages={
            "max_length": "This is longer than %(limit_value)d characters (it has %(show_value)d). Shorten it."
        },
    )
    is_discussed = forms.BooleanField(label="We have discussed this", required=False)
    id = forms.UUIDField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Something must be said."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not cleaned.get("words") and not cleaned.get("is_discussed"):
            self.add_error("words", "Write a comment, or tick that you have discussed it.")
        return cleaned
