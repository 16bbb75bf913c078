"""`python -m config.serve`: uvicorn, for pages and sockets, with the limits that every start needs.

uvicorn holds a frame in memory until it is whole. One that is longer than ours may be is refused by uvicorn itself, or
a few clients fill the memory before the portal sees a byte (docs/rooms.md).
"""

from __future__ import annotations

import argparse

import uvicorn

#: Bytes of a frame: above the 65,536 characters that the portal takes, of up to four bytes each.
LONGEST_FRAME = 262_144
#: Frames of one socket that wait to be handled, before its sender has to.
FRAMES_WAITING = 8


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m config.serve", description="Serve pages and sockets.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--log-level", default="warning", choices=list(uvicorn.config.LOG_LEVELS))
    parser.add_argument("--seconds-to-stop", type=int, default=20, help="how long open requests may take to end")
    asked = parser.parse_args()
    uvicorn.run(
        "config.asgi:application",
        host=asked.host,
        port=asked.port,
        log_level=asked.log_level,
        timeout_graceful_shutdown=asked.seconds_to_stop,
        ws_max_size=LONGEST_FRAME,
        ws_max_queue=FRAMES_WAITING,
        proxy_headers=False,  # portal.core.proxies decides whom to believe
        server_header=False,
    )


if __name__ == "__main__":
    main()
