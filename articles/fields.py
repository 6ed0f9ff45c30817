"""The rich text of an article."""

from typing import Any

from django.db import models
from django.urls import reverse_lazy
from django_prose_editor.fields import ProseEditorField

from articles.sanitising import sanitise

EXTENSIONS: dict[str, Any] = {
    "Bold": True,
    "Italic": True,
    "Subscript": True,
    "Superscript": True,
    # A line within a paragraph: doses one below the other, an address, a verse. Without it the editor drops them.
    "HardBreak": True,
    "Heading": {"levels": [2, 3, 4]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto"]},
    "Blockquote": True,
    "HorizontalRule": True,
    "Image": True,
    # Where "Browse…" in the picture dialogue leads: our own library.
    "Figure": {"pickerUrl": reverse_lazy("admin:articles_image_picker")},
    "Caption": True,
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "NodeClass": {
        "cssClasses": {
            "blockquote": [
                {"className": "callout-key", "title": "Key point"},
                {"className": "callout-warning", "title": "Safety warning"},
            ]
        }
    },
    "History": True,
    "HTML": True,
    "SpecialCharacters": True,
    # Ours (settings, DJANGO_PROSE_EDITOR_EXTENSIONS). The same module has our own "Table".
    "TidyPaste": True,
}


class BodyField(ProseEditorField):
    """Rich text that is sanitised on every way into the database: forms, save(), bulk_create() and update()."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, extensions=EXTENSIONS, sanitize=sanitise, **kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """The sanitised text, also left on the instance, so that what was saved is what the caller holds."""
        clean = sanitise(getattr(model_instance, self.attname) or "")
        setattr(model_instance, self.attname, clean)
        return clean

    def get_prep_value(self, value: Any) -> Any:
        """The sanitised text for update() and bulk operations, which call no pre_save."""
        prepared = super().get_prep_value(value)
        return sanitise(prepared) if isinstance(prepared, str) else prepared
