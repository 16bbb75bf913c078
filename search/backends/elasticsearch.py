"""Elasticsearch, for the grown-up installation. Client 8.19, which talks to servers of 8.x and 9.x.

It gets finished terms (see `search.analysis`) and needs of the server only what every build has: the whitespace
analyzer, constant scores, field_value_factor, terms aggregations, aliases.
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError, TransportError
from elasticsearch.dsl import A, Q, Search
from elasticsearch.helpers import BulkIndexError, streaming_bulk

from search.documents import SearchDocument
from search.fields import (
    DAY_FIELDS,
    INDEX_VERSION,
    KEYWORD_FIELDS,
    ORDER_FIELDS,
    ORDERED_FIELDS,
    TEXT_FIELDS,
    IndexEntry,
    entry_of,
    facet_token,
)
from search.plan import AllOf, AnyOf, Between, Everything, Has, Like, Node, Run, Scored, StartsWith

from .base import Answer, Change, EngineUnavailableError, Question, RawHit

#: Facet values counted at most, over all facets.
_MOST_VALUES = 10_000
_MOST_ALIKE = 200
_PAGE = 1000
_KEPT_OPEN = "2m"
_PORTS = {"http": 9200, "https": 443}


def _mappings() -> dict[str, Any]:
    stored_only = {"type": "keyword", "index": False, "doc_values": False}
    properties: dict[str, Any] = {name: {"type": "keyword"} for name in KEYWORD_FIELDS}
    for name in TEXT_FIELDS:
        order = "positions" if name in ORDERED_FIELDS else "docs"
        properties[name] = {"type": "text", "analyzer": "whitespace", "norms": False, "index_options": order}
    properties |= {name: {"type": "keyword", "index": False} for name in ORDER_FIELDS.values()}
    properties |= {name: {"type": "integer"} for name in DAY_FIELDS}
    properties |= {
        "weight": {"type": "double"},
        "fingerprint": stored_only,
        "source": stored_only,
    }
    return {
        "dynamic": "strict",
        "_source": {"includes": ["key", "fingerprint", "source"]},
        "properties": properties,
    }


class ElasticsearchBackend:
    """One alias `index` over the live index ``<index>-<version>-<time>``, so a rebuilt one takes over in one step.

    url        of the server; user name and password may stand in it.
    api_key    instead of them.
    ca_certs   file with the certificate authority of a server with TLS of its own; certificates are always verified.
    timeout    seconds for any one request.
    replicas   copies of the index on other nodes.
    """

    def __init__(
        self,
        url: str,
        index: str = "portal",
        *,
        api_key: str = "",
        ca_certs: str = "",
        timeout: float = 5.0,
        replicas: int = 0,
    ) -> None:
        self.alias = index
        self.replicas = replicas
        self.address, options = _connection(url, api_key, ca_certs)
        self.client = Elasticsearch(
            self.address, request_timeout=timeout, max_retries=1, retry_on_timeout=False, **options
        )
        self.is_there = False

    # reading

    def search(self, question: Question) -> Answer:
        """See `SearchBackend.search`."""
        wanted = {
            name: Has("facets", tuple(facet_token(name, value) for value in values))
            for name, values in question.filters.items()
        }
        base = Q(
            "bool",
            filter=[_translate(question.visible), _translate(question.match)],
            should=[_translate(node) for node in question.scores],
        )
        weighted = Q("function_score", query=base, field_value_factor={"field": "weight"}, boost_mode="multiply")
        asked = self._asked().query(base if question.order else weighted)
        asked = asked.post_filter(_translate(AllOf(tuple(wanted.values()))))
        asked = asked.source(["source"] if question.whole else False)
        asked = asked.sort(*([ORDER_FIELDS[question.order]] if question.order else ["_score", "key"]))
        asked = asked.extra(track_total_hits=True, track_scores=not question.order)
        _add_counts(asked, wanted, question.facets)
        response = self._ask(asked[question.offset : question.offset + question.size])
        hits = [
            RawHit(hit["_id"], round(float(hit["_score"] or 0), 4), hit["_source"]["source"] if question.whole else "")
            for hit in response["hits"]["hits"]
        ]
        return Answer(int(response["hits"]["total"]["value"]), hits, _read_counts(response, wanted, question.facets))

    def count(self, visible: Node, nodes: Sequence[Node]) -> tuple[int, list[int]]:
        """See `SearchBackend.count`."""
        asked = self._asked().query("bool", filter=[_translate(visible)]).extra(size=0, track_total_hits=True)
        for place, node in enumerate(nodes):
            asked.aggs.bucket(str(place), A("filter", filter=_translate(node)))
        response = self._ask(asked)
        counts = [int(response["aggregations"][str(place)]["doc_count"]) for place in range(len(nodes))]
        return int(response["hits"]["total"]["value"]), counts

    def fingerprints(self) -> Iterator[tuple[str, str]]:
        """See `SearchBackend.fingerprints`."""
        with self.answering():
            self._ensure()
            opened = self.client.open_point_in_time(index=self.alias, keep_alive=_KEPT_OPEN)["id"]
            try:
                after = None
                while True:
                    page = self.client.search(
                        pit={"id": opened, "keep_alive": _KEPT_OPEN},
                        size=_PAGE,
                        sort=[{"key": "asc"}],
                        source={"includes": ["key", "fingerprint"]},
                        search_after=after,
                        track_total_hits=False,
                    )["hits"]["hits"]
                    if not page:
                        return
                    for hit in page:
                        yield hit["_source"]["key"][0], hit["_source"]["fingerprint"]
                    after = page[-1]["sort"]
            finally:
                self.client.close_point_in_time(id=opened)

    def problem(self) -> str:
        """See `SearchBackend.problem`."""
        try:
            with self.answering():
                self.is_there = False
                self._ensure()
                status = self.client.cluster.health(index=self.alias)["status"]
        except EngineUnavailableError as error:
            return str(error)
        return (
            f"Elasticsearch index {self.alias} is red: a part of it is lost or not started" if status == "red" else ""
        )

    def _asked(self) -> Search:
        return Search(using=self.client, index=self.alias)

    def _ask(self, asked: Search) -> dict[str, Any]:
        with self.answering():
            self._ensure()
            body: dict[str, Any] = self.client.search(
                index=self.alias, allow_partial_search_results=False, **_as_arguments(asked.to_dict())
            ).body
            return body

    # writing

    def apply(self, changes: Sequence[Change]) -> dict[str, str]:
        """See `SearchBackend.apply`."""
        with self.answering():
            self._ensure()
            return self.send(self.alias, changes, refresh=True)

    def start_build(self) -> ElasticsearchBuild:
        """See `SearchBackend.start_build`."""
        return ElasticsearchBuild(self)

    def send(self, index: str, changes: Iterable[Change], *, refresh: bool) -> dict[str, str]:
        """Bulk requests; key -> reason for what the server refused."""
        failures: dict[str, str] = {}
        actions = (_action(index, change) for change in changes)
        sent = streaming_bulk(
            self.client, actions, raise_on_error=False, refresh=refresh, require_alias=index == self.alias
        )
        for is_done, item in sent:
            result = next(iter(item.values()))
            if not is_done and result.get("status") != 404:
                failures[result["_id"]] = str(result.get("error", {}).get("reason", result))
        return failures

    # the live index

    def _ensure(self) -> None:
        """The alias leads to an index of this version; the first use makes an empty one."""
        if self.is_there:
            return
        try:
            names = list(self.client.indices.get_alias(name=self.alias))
        except NotFoundError:
            self._make_first()
        else:
            if not all(name.startswith(f"{self.alias}-{INDEX_VERSION}-") for name in names):
                raise EngineUnavailableError(
                    f"Elasticsearch index {self.alias} was made by another version of the search; "
                    "run `manage.py rebuild_search`"
                )
        self.is_there = True

    def _make_first(self) -> None:
        """Two processes may try at once: they use the same name, and the second finds it taken."""
        try:
            self.create(f"{self.alias}-{INDEX_VERSION}-first", aliases={self.alias: {}})
        except BadRequestError as error:
            if error.error != "resource_already_exists_exception":
                raise

    def create(self, name: str, **more: Any) -> None:
        """An empty index."""
        settings = {"number_of_shards": 1, "number_of_replicas": self.replicas}
        self.client.indices.create(index=name, mappings=_mappings(), settings=settings, **more)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """The client's errors, said in words."""
        try:
            yield
        except NotFoundError as error:
            self.is_there = False
            raise EngineUnavailableError(
                f"Elasticsearch index {self.alias} is missing: {error}; run `manage.py rebuild_search`"
            ) from error
        except BulkIndexError as error:
            raise EngineUnavailableError(f"Elasticsearch refused documents: {error}") from error
        except (ApiError, TransportError) as error:
            raise EngineUnavailableError(
                f"Elasticsearch at {self.address} does not answer as it should: {error}"
            ) from error


class ElasticsearchBuild:
    """See `IndexBuild`."""

    def __init__(self, backend: ElasticsearchBackend) -> None:
        self.backend = backend
        self.name = f"{backend.alias}-{INDEX_VERSION}-{time.strftime('%Y%m%d%H%M%S')}-{uuid.uuid4().hex[:6]}"
        with backend.answering():
            backend.create(self.name)

    def add(self, documents: Iterable[SearchDocument]) -> dict[str, str]:
        """See `IndexBuild.add`."""
        with self.backend.answering():
            changes = (Change(document.key, document) for document in documents)
            return self.backend.send(self.name, changes, refresh=False)

    def publish(self) -> None:
        """See `IndexBuild.publish`. The index before stays until the next rebuild: searches may still be reading it."""
        alias, indices = self.backend.alias, self.backend.client.indices
        with self.backend.answering():
            indices.refresh(index=self.name)
            try:
                before = list(indices.get_alias(name=alias))
            except NotFoundError:
                before = []
            swap: list[dict[str, Any]] = [{"remove": {"index": name, "alias": alias}} for name in before]
            indices.update_aliases(actions=[*swap, {"add": {"index": self.name, "alias": alias}}])
            self.backend.is_there = True
            unused = [name for name in self._all() if name not in (self.name, *before)]
            if unused:
                indices.delete(index=unused, ignore_unavailable=True)

    def _all(self) -> list[str]:
        """Every index of this alias; another installation's alias may begin like it."""
        made_here = re.compile(rf"{re.escape(self.backend.alias)}-[\d.]+-(?:first|\d{{14}}-[0-9a-f]{{6}})")
        names = self.backend.client.indices.get(index=f"{self.backend.alias}-*", expand_wildcards="all")
        return [name for name in names if made_here.fullmatch(name)]

    def abandon(self) -> None:
        """See `IndexBuild.abandon`."""
        with self.backend.answering():
            self.backend.client.indices.delete(index=self.name, ignore_unavailable=True)


def _connection(url: str, api_key: str, ca_certs: str) -> tuple[str, dict[str, Any]]:
    """The address without credentials, and the client's options."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    address = f"{parts.scheme}://{host}:{parts.port or _PORTS.get(parts.scheme, 9200)}{parts.path.rstrip('/')}"
    options: dict[str, Any] = {}
    if api_key:
        options["api_key"] = api_key
    elif parts.username:
        options["basic_auth"] = (unquote(parts.username), unquote(parts.password or ""))
    if ca_certs:
        options["ca_certs"] = ca_certs
    return address, options


def _as_arguments(body: dict[str, Any]) -> dict[str, Any]:
    """The body of a search as the client's keyword arguments."""
    return {
        "source" if name == "_source" else "from_" if name == "from" else name: value for name, value in body.items()
    }


def _action(index: str, change: Change) -> dict[str, Any]:
    if change.document is None:
        return {"_op_type": "delete", "_index": index, "_id": change.key}
    return {"_op_type": "index", "_index": index, "_id": change.key, **_body(entry_of(change.document))}


def _body(entry: IndexEntry) -> dict[str, Any]:
    return {
        **entry.keywords,
        **entry.texts,
        **entry.orders,
        **entry.days,
        "weight": entry.weight,
        "fingerprint": entry.fingerprint,
        "source": entry.source,
    }


def _add_counts(asked: Search, wanted: dict[str, Has], names: tuple[str, ...]) -> None:
    """Each facet under all filters but its own; those without a filter are counted together."""
    if any(name not in wanted for name in names):
        under_all = A("filter", filter=_translate(AllOf(tuple(wanted.values()))))
        asked.aggs.bucket("free", under_all).bucket("values", "terms", field="facets", size=_MOST_VALUES)
    for name in names:
        if name in wanted:
            others = tuple(node for other, node in wanted.items() if other != name)
            under_others = A("filter", filter=_translate(AllOf(others)))
            asked.aggs.bucket(f"own_{name}", under_others).bucket(
                "values", "terms", field="facets", size=_MOST_VALUES, include=f"{name}=.*"
            )


def _read_counts(response: dict[str, Any], wanted: dict[str, Has], names: tuple[str, ...]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for bucket_name, bucket in response.get("aggregations", {}).items():
        asked = (
            [name for name in names if name not in wanted]
            if bucket_name == "free"
            else [bucket_name.removeprefix("own_")]
        )
        for value_bucket in bucket["values"]["buckets"]:
            name, _equals, value = value_bucket["key"].partition("=")
            if name in asked:
                counts.setdefault(name, {})[value] = int(value_bucket["doc_count"])
    return counts


def _translate(node: Node) -> Any:
    """A plan's node as Elasticsearch's query."""
    match node:
        case Everything():
            return Q("match_all")
        case Has(field, terms):
            return Q("terms", **{field: list(terms)})
        case Between(field, low, high):
            return Q("range", **{field: {name: day for name, day in (("gte", low), ("lte", high)) if day is not None}})
        case Run(field, terms):
            return Q("match_phrase", **{field: {"query": " ".join(terms)}})
        case StartsWith(field, prefix):
            return Q("prefix", **{field: {"value": prefix}})
        case Like(field, term, edits):
            return Q("fuzzy", **{field: {"value": term, "fuzziness": str(edits), "max_expansions": _MOST_ALIKE}})
        case AnyOf(parts, least):
            return Q("bool", should=[_translate(part) for part in parts], minimum_should_match=least)
        case AllOf(parts, without):
            must = [_translate(part) for part in parts or (Everything(),)]
            return Q("bool", filter=must, must_not=[_translate(part) for part in without])
        case Scored(inner, points):
            return Q("constant_score", filter=_translate(inner), boost=points)
    return Q("dis_max", queries=[_translate(part) for part in node.parts], tie_breaker=node.tie)
