"""Addresses of the board. The meetings are pages of the CMS."""

from django.urls import URLPattern, path

from . import views

app_name = "events"
urlpatterns: list[URLPattern] = [
    path("", views.board, name="board"),
    path("<int:pk>/", views.recommendation, name="recommendation"),
]
