"""Every address of the site. They are a contract: other people's links and checks rely on them (design, section 9)."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from cpd.views.verify import verify, verify_certificate
from meducation import crawlers, demo, device, views

urlpatterns = [
    path("", views.home, name="home"),
    path("how-we-time-reading/", views.how_we_time, name="how-we-time"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("text-size/", views.text_size, name="text-size"),
    path("manifest.webmanifest", device.manifest, name="manifest"),
    path("sw.js", device.service_worker, name="service-worker"),
    path("offline/", device.offline, name="offline"),
    path("robots.txt", crawlers.robots, name="robots"),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
    path("sitemap-pages.xml", crawlers.sitemap_pages, name="sitemap-pages"),
    path("sitemap-<slug:section>-<int:number>.xml", crawlers.sitemap_part, name="sitemap-part"),
    path(".well-known/security.txt", crawlers.security, name="security"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("articles/", include("articles.urls")),
    # Ours first: allauth's pages share the prefix.
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("cpd/", include("cpd.urls")),
    path("verify/", verify, name="verify"),
    path("verify/<str:code>/", verify_certificate, name="verify-certificate"),
    path("s/", include("cpd.shared_urls")),
    path("admin/", admin.site.urls),
]

if settings.DEMO:
    urlpatterns.append(path("demo/mail/", demo.mail, name="demo-mail"))

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler429 = views.too_many_requests
handler500 = views.server_error
