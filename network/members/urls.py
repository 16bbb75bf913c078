"""Addresses of people and organisations."""

from django.urls import path

from . import views

app_name = "members"
urlpatterns = [
    path("directory/", views.directory, name="directory"),
    path("directory/<int:pk>/", views.profile, name="profile"),
    path("directory/<int:pk>/suspend/", views.suspend, name="suspend"),
    path("directory/<int:pk>/reinstate/", views.reinstate, name="reinstate"),
    path("directory/<int:pk>/posts/", views.appoint, name="appoint"),
    path("directory/<int:pk>/confirm/", views.reconfirm, name="reconfirm"),
    path("profile/", views.own_profile, name="own_profile"),
    path("unsent/", views.unsent_form, name="unsent"),
    path("profile/leave/", views.leave, name="leave"),
    path("contact/", views.contact, name="contact"),
    path("organisations/", views.agencies, name="agencies"),
    path("organisations/<slug:slug>/", views.agency, name="agency"),
]
