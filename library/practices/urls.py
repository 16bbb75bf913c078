"""A member's own practices, under library/. `models.RESERVED_SLUGS` keeps pages from hiding behind these addresses."""

from django.urls import URLPattern, path

from . import views

app_name = "practices"
urlpatterns: list[URLPattern] = [
    path("submit/", views.submit, name="submit"),
    path("mine/", views.mine, name="mine"),
    path("mine/<int:pk>/", views.edit, name="edit"),
]
