"""Addresses for machines: health, files, robots, sitemap."""

from django.contrib.sitemaps.views import sitemap
from django.urls import path

from . import views
from .files.views import serve_file
from .sitemaps import PageSitemap

app_name = "core"
urlpatterns = [
    path("health/live", views.live, name="live"),
    path("health/ready", views.ready, name="ready"),
    path("files/<path:path>", serve_file, name="file"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": {"pages": PageSitemap()}}, name="sitemap"),
]
