"""Where search is found: config mounts this at ``<language>/search/``."""

from django.urls import path

from . import views

app_name = "search"

urlpatterns = [path("", views.results, name="results")]
