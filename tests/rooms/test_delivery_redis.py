"""The same with two servers over Redis, while Redis, too, is killed and started again."""

from __future__ import annotations

from pathlib import Path

import pytest

from .redis_server import RedisServer
from .test_delivery import started, talk

pytestmark = [pytest.mark.slow, pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]


async def test_two_servers_over_redis_lose_and_double_nothing(socket_threads: None, tmp_path: Path) -> None:
    redis = RedisServer(tmp_path)
    redis.start()
    try:
        async with started(tmp_path, 2, redis) as wards:
            await talk(wards, redis)
    finally:
        redis.kill()
