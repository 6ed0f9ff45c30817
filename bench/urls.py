"""The site's addresses, and beside them a bare view behind the same middleware that commits one row."""

from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.http import require_POST

from meducation.urls import urlpatterns as site_urls


@require_POST
def commit_one_row(request: HttpRequest) -> JsonResponse:
    """The least that a page can do which remembers anything."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_row (body) VALUES (%s)", [request.body.decode()])
    return JsonResponse({"state": "counted"})


urlpatterns = [path("bench/row/", commit_one_row), *site_urls]

handler400 = "meducation.views.bad_request"
handler403 = "meducation.views.permission_denied"
handler404 = "meducation.views.page_not_found"
handler500 = "meducation.views.server_error"
