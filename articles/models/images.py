"""The image library."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils import timezone


class Image(models.Model):
    """A picture in the library, re-encoded when it came in. Its file is named for its content."""

    name = models.CharField(max_length=80, unique=True, editable=False)  # "<sha256>.webp"
    title = models.CharField(max_length=150, help_text="To find it again in the library.")
    alternative_text = models.CharField(
        max_length=300, blank=True, help_text="What the picture tells, for somebody who cannot see it."
    )
    is_decorative = models.BooleanField("decorative", default=False, help_text="It tells nothing the text does not.")
    caption = models.CharField(max_length=300, blank=True)
    credit = models.CharField(max_length=150, blank=True, help_text="Whose picture it is, and under what licence.")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    # Widths in pixels of the smaller copies beside the file: "<sha256>-<width>.webp".
    smaller_widths = ArrayField(models.PositiveIntegerField(), default=list, blank=True, editable=False)
    uploaded_at = models.DateTimeField(default=timezone.now, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    class Meta:
        ordering = ["-uploaded_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_decorative=True) ^ ~models.Q(alternative_text=""),
                name="articles_image_has_alternative_text_or_is_decorative",
                violation_error_message="Write alternative text, or tick “decorative”; not both.",
                violation_error_code="alternative_text",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Where the picture is served."""
        return reverse("articles:image", args=[self.name])
