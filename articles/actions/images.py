"""The image library. Each write is one transaction and asks whether `by` may."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction

from articles import pictures
from articles.models import Image
from articles.querysets import picture_is_in_use

if TYPE_CHECKING:
    from accounts.models import User


class PictureInUse(Exception):
    """A picture that an article or a published text shows cannot be deleted."""


@transaction.atomic
def add_image(
    *,
    picture: pictures.Picture,
    title: str,
    by: "User",
    alternative_text: str = "",
    is_decorative: bool = False,
    caption: str = "",
    credit: str = "",
) -> Image:
    """Store a picture that `pictures.reencode` made and enter it in the library.

    The same picture again gives the row it has. Raises PermissionDenied.
    """
    if not by.has_perm("articles.add_image"):
        raise PermissionDenied
    # The file first: a row without its file would be a broken page, a file without its row is only a few bytes.
    pictures.store(picture)
    image, _ = Image.objects.get_or_create(
        name=picture.name,
        defaults={
            "title": title,
            "alternative_text": alternative_text,
            "is_decorative": is_decorative,
            "caption": caption,
            "credit": credit,
            "width": picture.width,
            "height": picture.height,
            "smaller_widths": [width for width, _ in picture.smaller],
            "uploaded_by": by,
        },
    )
    return image


@transaction.atomic
def delete_image(*, image: Image, by: "User") -> None:
    """Take a picture that nothing shows out of the library. Raises PermissionDenied or PictureInUse."""
    if not by.has_perm("articles.delete_image"):
        raise PermissionDenied
    if picture_is_in_use(image.name):
        raise PictureInUse
    name, widths = image.name, image.smaller_widths
    image.delete()
    transaction.on_commit(lambda: pictures.remove(name, widths))


def add_smaller_copies(*, image: Image) -> bool:
    """Make the smaller copies of a picture from before there were any; whether there were any to make."""
    path = pictures.find(image.name)
    if image.smaller_widths or path is None:
        return False
    smaller = pictures.smaller_copies(path.read_bytes())
    pictures.store_smaller(image.name, smaller)
    image.smaller_widths = [width for width, _ in smaller]
    image.save(update_fields=["smaller_widths"])
    return bool(smaller)
