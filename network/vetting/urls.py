"""Addresses of vetting."""

from django.urls import path

from . import views

app_name = "vetting"
urlpatterns = [
    path("apply/", views.apply, name="apply"),
    path("apply/withdraw/", views.withdraw, name="withdraw"),
    path("applications/", views.queue, name="queue"),
    path("applications/<int:pk>/", views.application, name="application"),
    path("applications/<int:pk>/agency/", views.name_agency, name="name_agency"),
    path("applications/<int:pk>/vouch/", views.vouch, name="vouch"),
]
