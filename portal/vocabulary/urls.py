"""Addresses of terms."""

from django.urls import path

from . import views

app_name = "vocabulary"
urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:kind>/", views.term_list, name="list"),
    path("<slug:kind>/<slug:slug>/", views.term, name="term"),
]
