"""Addresses of accounts: allauth's own, those that make something or write a letter taken once however often sent."""

from allauth.account import views
from django.urls import include, path

from portal.core.once import taken_once

urlpatterns = [
    path("signup/", taken_once(views.signup), name="account_signup"),
    path("email/", taken_once(views.email), name="account_email"),
    path("password/reset/", taken_once(views.password_reset), name="account_reset_password"),
    path("", include("allauth.urls")),
]
