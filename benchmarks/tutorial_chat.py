"""What rooms are compared with: the chat of Channels' tutorial, with the message written to the same table.

One consumer a socket, each in the room's group of the channel layer, `database_sync_to_async` for the database, the
whole message through the layer: https://channels.readthedocs.io/en/latest/tutorial/part_3.html
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application
from django.db import transaction
from django.urls import path

pages = get_asgi_application()

from network.rooms.models import Message, Room  # noqa: E402  needs Django set up, which the line above does


class ChatConsumer(AsyncWebsocketConsumer):
    """The tutorial's consumer, told apart from it by one write to the database."""

    async def connect(self) -> None:
        """Join the room's group."""
        self.slug = self.scope["url_route"]["kwargs"]["slug"]
        await self.channel_layer.group_add(f"chat_{self.slug}", self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        """Leave it."""
        await self.channel_layer.group_discard(f"chat_{self.slug}", self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Keep a message, then send it to the group. Hello is answered, so that the generator can treat all alike."""
        said = json.loads(text_data or "{}")
        if said["type"] == "hello":
            await self.send(json.dumps({"type": "welcome", "last_seq": 0}))
            return
        seq = await database_sync_to_async(self.keep)(said["body"], said["client_id"])
        await self.channel_layer.group_send(
            f"chat_{self.slug}", {"type": "chat.message", "seq": seq, "text": said["body"]}
        )

    def keep(self, body: str, client_id: str) -> int:
        """Write the row, numbered as in the portal; returns the number."""
        with transaction.atomic():
            room = Room.objects.select_for_update().get(slug=self.slug)
            room.last_seq += 1
            room.save(update_fields=["last_seq"])
            author = self.scope["user"]
            Message.objects.create(
                room=room, seq=room.last_seq, client_id=uuid.UUID(client_id), author_id=author.pk, body=body
            )
        return room.last_seq

    async def chat_message(self, event: dict[str, Any]) -> None:
        """A message of the group, to this socket."""
        await self.send(json.dumps({"type": "messages", "messages": [{"seq": event["seq"], "text": event["text"]}]}))


application = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": AllowedHostsOriginValidator(
            AuthMiddlewareStack(URLRouter([path("ws/rooms/<slug:slug>/", ChatConsumer.as_asgi())]))
        ),
    }
)
