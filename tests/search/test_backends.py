"""What is each engine's own; what both must do is in tests/contract."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from search import backends
from search.backends.base import Change, EngineUnavailableError
from search.backends.elasticsearch import ElasticsearchBackend
from search.backends.embedded import EmbeddedBackend
from search.plan import Everything
from tests.factories.search import document


class TestEmbedded:
    def test_a_change_of_the_setting_gives_another_engine(self, tmp_path: Path, settings: Any) -> None:
        before = backends.current()
        assert backends.current() is before
        settings.SEARCH = {**settings.SEARCH, "OPTIONS": {"path": str(tmp_path / "other")}}
        assert backends.current() is not before

    def test_a_writer_waits_for_another(self, tmp_path: Path) -> None:
        one = EmbeddedBackend(str(tmp_path / "x"), lock_wait=5)
        two = EmbeddedBackend(str(tmp_path / "x"), lock_wait=5)
        with one.writing(one._index()):
            thread = threading.Thread(target=two.apply, args=([Change("a:1", document(type="a", id="1"))],))
            thread.start()
        thread.join()
        assert one.count(Everything(), [])[0] == 1

    def test_it_does_not_wait_for_ever(self, tmp_path: Path) -> None:
        one = EmbeddedBackend(str(tmp_path / "x"))
        two = EmbeddedBackend(str(tmp_path / "x"), lock_wait=0.1)
        with one.writing(one._index()), pytest.raises(EngineUnavailableError, match="written by another process"):
            two.apply([Change("a:1", None)])

    def test_a_directory_that_can_not_be_made_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        engine = EmbeddedBackend(str(tmp_path / "file" / "index"))
        assert "can not be opened" in engine.problem()
        with pytest.raises(EngineUnavailableError, match="can not be made"):
            engine.start_build()

    def test_a_lost_index_is_named_and_rebuilt(self, tmp_path: Path) -> None:
        engine = EmbeddedBackend(str(tmp_path / "x"))
        engine.apply([Change("a:1", document(type="a", id="1"))])
        name = (tmp_path / "x" / "CURRENT").read_text()
        (tmp_path / "x" / name / "meta.json").unlink()
        assert "rebuild_search" in engine.problem()
        build = engine.start_build()
        build.add([document()])
        build.publish()
        assert engine.problem() == ""
        assert engine.count(Everything(), [])[0] == 1


class TestElasticsearch:
    @pytest.mark.parametrize(
        ("options", "address", "authorization"),
        [
            ({"url": "http://localhost:9231"}, "http://localhost:9231", None),
            ({"url": "http://localhost"}, "http://localhost:9200", None),
            ({"url": "https://search.example.org/es/"}, "https://search.example.org:443/es", None),
            ({"url": "http://[::1]:9200"}, "http://[::1]:9200", None),
            ({"url": "http://user:p%40ss@localhost:9231"}, "http://localhost:9231", "Basic dXNlcjpwQHNz"),
            ({"url": "http://user:pw@localhost:9231", "api_key": "a2V5"}, "http://localhost:9231", "ApiKey a2V5"),
        ],
    )
    def test_credentials_are_taken_out_of_the_address(
        self, options: dict[str, str], address: str, authorization: str | None
    ) -> None:
        engine = ElasticsearchBackend(**options)
        assert engine.address == address
        assert engine.client._headers.get("authorization") == authorization
        engine.client.close()

    def test_a_certificate_authority_is_used(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            address = f"https://localhost:{listener.getsockname()[1]}"
            problem = ElasticsearchBackend(address, ca_certs=str(tmp_path / "none.pem")).problem()
        assert "TLS" in problem

    def test_a_silent_server_is_named_without_its_password(self) -> None:
        engine = ElasticsearchBackend("http://user:secret@127.0.0.1:9", timeout=0.5)
        problem = engine.problem()
        assert problem.startswith("Elasticsearch at http://127.0.0.1:9 does not answer as it should")
        assert "secret" not in problem
        with pytest.raises(EngineUnavailableError):
            engine.count(Everything(), [])
        engine.client.close()


class TestAnEngineThatIsAway:
    @pytest.fixture
    def listener(self) -> Iterator[socket.socket]:
        """A server that takes connections and never says a word."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(0.1)
            yield server

    @staticmethod
    def callers(server: socket.socket) -> int:
        """How many connections wait; they are ended."""
        number = 0
        try:
            while True:
                server.accept()[0].close()
                number += 1
        except TimeoutError:
            return number

    def test_it_is_asked_once_and_left_in_peace_for_a_while(
        self,
        listener: socket.socket,
        settings: Any,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
        found: Callable[..., list[str]],
    ) -> None:
        settings.SEARCH = {
            "BACKEND": "search.backends.elasticsearch.ElasticsearchBackend",
            "OPTIONS": {"url": f"http://127.0.0.1:{listener.getsockname()[1]}", "timeout": 0.2},
        }
        for _again in range(3):
            with pytest.raises(EngineUnavailableError):
                found("anything")
        assert self.callers(listener) == 1
        monkeypatch.setattr(backends._absence, "ask_again", 0.0)
        for _again in range(2):
            with pytest.raises(EngineUnavailableError):
                found("anything")
        assert self.callers(listener) == 1
        assert [record.message for record in caplog.records if "is away" in record.message] != []
        assert len([record for record in caplog.records if record.name == "search.backends"]) == 1
        backends.current().client.close()

    def test_once_it_answers_everybody_asks_it_again(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
        found: Callable[..., list[str]],
    ) -> None:
        engine = backends.current()
        engine.apply([Change("a:1", document("Escorts", type="a", id="1", slug="escorts"))])
        meta = tmp_path / "index" / (tmp_path / "index" / "CURRENT").read_text() / "meta.json"
        kept = meta.read_text()
        meta.write_text("lost")
        for _again in range(2):
            with pytest.raises(EngineUnavailableError, match="rebuild_search"):
                found("escorts")
        meta.write_text(kept)
        monkeypatch.setattr(backends._absence, "ask_again", 0.0)
        assert found("escorts") == found("escorts") == ["escorts"]
        said = [record.message for record in caplog.records if record.name == "search.backends"]
        assert (len(said), said[-1]) == (2, "search is back")
