"""One process for everything: pages go to the WSGI application in threads, sockets to Channels.

Django's own ASGI handler costs a synchronous page dear (docs/adr), hence a2wsgi.
"""

from channels.routing import ProtocolTypeRouter, URLRouter

from config.wsgi import application as pages  # sets Django up: it comes before what needs the apps

from a2wsgi import WSGIMiddleware  # isort: skip
from network.members.sockets import ViewerSocketMiddleware  # isort: skip
from network.rooms.routing import websocket_urlpatterns  # isort: skip
from portal.core.lifespan import Lifespan  # isort: skip
from portal.core.proxies import TrustedProxiesOfSockets  # isort: skip
from portal.core.slow_clients import OutsideWorkers  # isort: skip

application = Lifespan(
    ProtocolTypeRouter(
        {
            "http": OutsideWorkers(WSGIMiddleware(pages, workers=8)),
            "websocket": TrustedProxiesOfSockets(ViewerSocketMiddleware(URLRouter(websocket_urlpatterns))),
        }
    )
)
