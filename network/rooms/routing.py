"""Addresses of sockets."""

from __future__ import annotations

from typing import Any

from django.urls import path, re_path

from .consumers import no_such_socket, room_socket

websocket_urlpatterns: list[Any] = [
    path("ws/rooms/<slug:slug>/", room_socket),  # type: ignore[arg-type]  # Channels routes ASGI applications
    re_path("", no_such_socket),  # type: ignore[arg-type]  # Channels routes ASGI applications
]
