"""A portfolio or pack by a link: its page, and its files."""

from allauth.core.internal.ratelimit import consume as consume_any
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from cpd.actions.packs import ask_for_file
from cpd.actions.sharing import note
from cpd.models import Appraiser, AuditWhat, Pack, PackFormat, ShareLink
from cpd.shared_pack import PackForOwner, SharedPack, pack_of
from cpd.shared_record import ENTRIES_PER_PAGE
from cpd.views.by_link import appraiser_of, by_link, not_shared, shared_page
from cpd.views.packs import as_download, take_up

OFTEN = ("Please wait a little", "The PDF was asked for often just now.")
AT_WORK = ("The PDF is being made", "Come back in a minute: then it can be downloaded at the same place.")
NOT_MADE = ("The PDF could not be made", "You can print the page instead.")


def pack_shown_to(
    shared: SharedPack,
    *,
    page: str = "",
    token: str = "",
    appraiser: Appraiser | None = None,
    preview: PackForOwner | None = None,
) -> str:
    """The page itself, with one `page` of its log; without a token, for the owner's preview, nothing to press."""
    log = Paginator(shared.entries, ENTRIES_PER_PAGE).get_page(page)
    context = {
        "shared": shared,
        "link": shared.link,
        "pack": shared.pack,
        "shown": shared.in_words(log.number),
        "beside": shared.beside,
        "log": log,
        "is_unfolded": bool(page),
        "token": token,
        "appraiser": appraiser,
        "preview": preview,
    }
    return render_to_string("shared/pack.html", context)


@require_safe
@by_link(of_pack=True)
def pack_file(request: HttpRequest, link: ShareLink, token: str, ending: str) -> HttpResponseBase:
    """A file of the pack: one that its owner had made, or the PDF, made if it must be. Each is in the owner's log."""
    pack = pack_of(link)
    response = _made(pack, ending)
    if response is None and ending == PackFormat.PDF:
        if not consume_any(request, app="allauth.account", action="share_paper", key=str(link.pk), limit_get=True):
            return _no_paper(token, OFTEN, status=429)
        file = ask_for_file(by=link.user, pack_id=pack.pk, format=PackFormat.PDF)
        take_up(file)
        response = _made(pack, ending)
        if response is None:
            file.refresh_from_db()
            return _no_paper(token, NOT_MADE, status=503) if file.problem else _no_paper(token, AT_WORK, status=202)
    if response is None:
        return not_shared(token)
    if request.method == "GET":
        note(link=link, what=AuditWhat.LINK_DOWNLOADED, appraiser=appraiser_of(request, link))
    return response


def _made(pack: Pack, ending: str) -> HttpResponseBase | None:
    """A file as it is sent; None for one that is not there."""
    file = pack.files.filter(format=ending).exclude(stored_as="").first()
    try:
        return as_download(pack, file) if file is not None else None
    except FileNotFoundError:
        return None


def _no_paper(token: str, said: tuple[str, str], *, status: int) -> HttpResponse:
    heading, text = said
    return shared_page("shared/no_paper.html", {"token": token, "heading": heading, "text": text}, status=status)
