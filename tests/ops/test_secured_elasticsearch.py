"""The portal against an Elasticsearch with TLS, users and roles: a real one, set up as docs/operations.md tells."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import server

from config.settings.search import search
from search.backends.base import Change, Question
from search.backends.elasticsearch import ElasticsearchBackend
from search.plan import Everything
from tests.factories.search import document

from .engines import PASSWORD, SecuredElasticsearch, distribution

pytestmark = pytest.mark.slow

Connect = Callable[..., ElasticsearchBackend]


@pytest.fixture(scope="module")
def secured() -> Iterator[SecuredElasticsearch | None]:
    """The running server; None where there is no distribution to start."""
    program = distribution()
    if program is None:
        yield None
        return
    home = Path(tempfile.mkdtemp(prefix="portal-secured-"))
    home.chmod(0o755)
    server.make_user()
    elasticsearch = SecuredElasticsearch(home, program)
    try:
        elasticsearch.start()
        yield elasticsearch
    finally:
        elasticsearch.stop()
        shutil.rmtree(home)


@pytest.fixture
def connected(
    secured: SecuredElasticsearch | None, left_out: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Connect | None]:
    """The engine as the settings make it from a person's environment; None, with the reason said, without a server."""
    if secured is None:
        left_out("Elasticsearch is not unpacked here: run make services")
        yield None
        return
    made: list[ElasticsearchBackend] = []

    def connect(
        user: str = f"portal:{quote(PASSWORD, safe='')}@", scheme: str = "https", **variables: str
    ) -> ElasticsearchBackend:
        given = {
            "ELASTICSEARCH_URL": f"{scheme}://{user}localhost:{secured.port}",
            "ELASTICSEARCH_INDEX": "portal-secured",
            "ELASTICSEARCH_CA_CERTS": str(secured.authority),
            **variables,
        }
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        made.append(ElasticsearchBackend(**search()["OPTIONS"]))
        return made[-1]

    yield connect
    for engine in made:
        engine.client.close()


def test_with_its_user_its_role_and_its_authority_the_portal_does_all_it_needs(connected: Connect | None) -> None:
    if connected is None:
        return
    engine = connected()

    assert engine.problem() == ""
    build = engine.start_build()
    first, second, third = (document(title) for title in ("Travel documents", "Interviews", "Reception"))
    assert build.add([first, second]) == {}
    build.publish()
    assert engine.apply([Change(second.key, None), Change(third.key, third)]) == {}
    assert {key for key, _ in engine.fingerprints()} == {first.key, third.key}
    found = engine.search(Question(visible=Everything(), match=Everything(), facets=("type",)))
    assert {hit.document.title for hit in found.hits} == {"Travel documents", "Reception"}
    engine.start_build().abandon()
    assert PASSWORD not in engine.address


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"user": "portal:wrong@"}, "401"),
        ({"user": ""}, "401"),
        ({"user": "", "ELASTICSEARCH_API_KEY": "bm8ta2V5OmF0LWFsbA=="}, "401"),
        ({"ELASTICSEARCH_CA_CERTS": ""}, "certificate verify failed"),
        ({"scheme": "http", "ELASTICSEARCH_CA_CERTS": ""}, "Connection"),
        ({"ELASTICSEARCH_INDEX": "another"}, "403"),
    ],
    ids=["wrong password", "no user", "wrong key", "no authority", "no TLS", "an index of somebody else"],
)
def test_what_the_server_refuses_is_said_without_the_password(
    connected: Connect | None, given: dict[str, str], told: str
) -> None:
    if connected is None:
        return

    problem = connected(**given).problem()

    assert problem.startswith("Elasticsearch at http")
    assert told in problem
    for secret in (PASSWORD, quote(PASSWORD, safe=""), "wrong", "bm8ta2V5"):
        assert secret not in problem
