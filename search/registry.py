"""What can be found: apps register their models, facets and synonyms here at start-up (`AppConfig.ready`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, QuerySet
from django.utils import translation

from .documents import SearchDocument, document_key
from .synonyms import Provider, Synonyms

Builder = Callable[[Any], SearchDocument | None]
Labeller = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Registration:
    """How the instances of one model become documents."""

    model: type[Model]
    builder: Builder
    type: str
    queryset: Callable[[], QuerySet[Any]]

    @property
    def label(self) -> str:
        """The model's label, as the outbox keeps it."""
        return self.model._meta.label_lower

    def key(self, pk: object) -> str:
        """The name in the index of the instance with this primary key."""
        return document_key(self.type, pk)

    def build(self, instance: Model) -> SearchDocument | None:
        """The instance's document, or None when it is not to be found.

        It is built in the portal's own language, whichever language the person speaks who changed the instance.
        Raises ValueError when the builder makes a document of another type or id, which could never be updated.
        """
        with translation.override(settings.LANGUAGE_CODE):
            document = self.builder(instance)
        if document is not None and document.key != self.key(instance.pk):
            raise ValueError(f"the builder of {self.label} made {document.key} for {self.key(instance.pk)}")
        return document


@dataclass(frozen=True, slots=True)
class TypeLabel:
    """The words for one type of document; `kind_of(document)` gives more exact ones for a hit, "" where it has none."""

    singular: Any
    plural: Any
    kind_of: Callable[[SearchDocument], str] | None = None

    def words_for(self, document: SearchDocument) -> str:
        """What a hit is, in the active language."""
        return (self.kind_of and self.kind_of(document)) or str(self.singular)


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow results.

    `labeller(value)` gives a value's words, "" or KeyError when there is no such value.
    """

    name: str
    label: Any
    labeller: Labeller
    order: int

    def value_label(self, value: str) -> str:
        """The words for `value` in the active language; "" when there is no such value."""
        try:
            return str(self.labeller(value) or "")
        except (KeyError, LookupError):
            return ""


_registrations: dict[type[Model], Registration] = {}
_types: dict[str, TypeLabel] = {}
_facets: dict[str, Facet] = {}
_synonym_models: set[type[Model]] = set()
synonyms = Synonyms()


def register(
    model: type[Model],
    builder: Builder,
    *,
    type: str,  # noqa: A002  the field's name in a document
    label: Any,
    plural: Any = None,
    kind_of: Callable[[SearchDocument], str] | None = None,
    queryset: Callable[[], QuerySet[Any]] | None = None,
) -> None:
    """Make the instances of `model` findable.

    builder   instance -> SearchDocument, or None for what must not be found (a draft). The document's `type` is the one
              given here and its `id` the instance's primary key. Audiences belong into the document: search filters by
              them, so a builder never returns None merely because an item is for members only.
    type      several models may share one; then their primary keys must not overlap (as with Wagtail's page types).
    label     lazy words for one of them ("Practice"); `plural` for many, used on the tabs.
    kind_of   for a type with kinds: document -> words in the active language, shown with a hit instead of `label`.
    queryset  with the select_related and prefetch_related the builder needs; all instances by default.

    Changes are noticed by themselves: saves, deletions, publications, moves, many-to-many sets and tags of the
    instance. What a document takes from other rows is the app's own to tell: `search.indexing.enqueue(instance)`.
    """
    known = _registrations.get(model)
    if known is not None and known.type != type:
        raise ImproperlyConfigured(f"search: {model._meta.label} is registered already, as type {known.type!r}")
    _registrations[model] = Registration(model, builder, type, queryset or model._default_manager.all)
    _types.setdefault(type, TypeLabel(label, plural or label, kind_of))


def registrations() -> list[Registration]:
    """Every registered model, by label."""
    return sorted(_registrations.values(), key=lambda registration: registration.label)


def registration_of(instance: Model) -> Registration | None:
    """The registration `instance` falls under: its own class, a parent class, or a Wagtail page's specific class."""
    for model in type(instance).__mro__:
        if model in _registrations:
            return _registrations[model]
    specific = getattr(instance, "specific_class", None)
    return _registrations.get(specific) if specific is not None else None


def registration_of_model(model: type[Model]) -> Registration | None:
    """The registration of exactly this model."""
    return _registrations.get(model)


def registration_labelled(label: str) -> Registration | None:
    """The registration of a model by label ("practices.practicepage"), None when it is gone."""
    try:
        return _registrations.get(apps.get_model(label))
    except (LookupError, ValueError):
        return None


def types() -> dict[str, TypeLabel]:
    """Type -> its words."""
    return dict(_types)


def register_facet(name: str, label: Any, labeller: Labeller, order: int = 100) -> None:
    """Show `name` among the filters of the result page.

    label     lazy words for the facet ("Country").
    labeller  value -> words in the active language, "" (or KeyError) when there is no such value. Called once for
              every value shown: it must answer from memory.
    order     ascending from top to bottom.
    """
    _facets[name] = Facet(name, label, labeller, order)


def facets() -> dict[str, Facet]:
    """Name -> facet, in display order."""
    return {facet.name: facet for facet in sorted(_facets.values(), key=lambda facet: (facet.order, facet.name))}


def register_synonyms(provider: Provider, *, made_from: Sequence[type[Model]] = ()) -> None:
    """Let search know phrases that mean the same, across languages.

    provider   provider() gives groups; a group is an iterable of phrases: text, or `search.synonyms.Phrase` with its
               language. It is called at the first search and again after `synonyms_changed()`.
    made_from  the models the phrases come from: a change of an instance has them read anew.
    """
    synonyms.add(provider)
    _synonym_models.update(made_from)


def synonyms_changed() -> None:
    """Read the synonyms anew at the next search.

    Changes of the models given to `register_synonyms` call it by themselves.
    """
    synonyms.forget()


def makes_synonyms(model: type[Model]) -> bool:
    """Whether synonyms are made from instances of `model`."""
    return model in _synonym_models
