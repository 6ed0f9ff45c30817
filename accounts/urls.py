"""Addresses of the app."""

from allauth.account import views as allauth_views
from django.urls import path

from accounts import views
from accounts.leaving import clearing_device
from accounts.timing import in_even_time

app_name = "accounts"
urlpatterns = [
    path("", views.account, name="account"),
    path("profile/", views.profile, name="profile"),
    # allauth's own views at allauth's own addresses, found here first so that their timing tells nothing, and so that
    # logging out leaves nothing on the device. They keep allauth's names, therefore none here.
    path("login/", in_even_time(allauth_views.login)),
    path("login/code/", in_even_time(allauth_views.request_login_code)),
    path("login/code/confirm/", in_even_time(allauth_views.confirm_login_code)),
    path("signup/", in_even_time(allauth_views.signup)),
    path("confirm-email/", in_even_time(allauth_views.email_verification_sent)),
    path("logout/", clearing_device(allauth_views.logout)),
    path("password/reset/", in_even_time(allauth_views.password_reset)),
]
