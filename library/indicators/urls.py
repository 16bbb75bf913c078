"""Addresses of figures."""

from django.urls import path

from . import views

app_name = "indicators"
urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:slug>/", views.indicator, name="indicator"),
    path("<slug:slug>/figures.csv", views.csv, name="csv"),
]
