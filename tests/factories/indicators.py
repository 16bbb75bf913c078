"""Indicators and figures for tests."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from library.indicators.models import Figure, Indicator
from portal.core.audience import PUBLIC


class IndicatorFactory(DjangoModelFactory):
    """A public indicator with a definition and no figure; `audiences=[MEMBERS]` for another audience."""

    class Meta:
        model = Indicator
        skip_postgeneration_save = True

    class Params:
        collected = factory.Trait(definition="", owner="", code="")

    slug = factory.Sequence("indicator-{}".format)
    code = factory.Sequence("ind_{}".format)
    name = factory.Sequence("Indicator {}".format)
    owner = "Eurostat"
    definition = "persons who were counted"
    unit = "number of persons"

    @factory.post_generation
    def audiences(self, create: bool, tokens: Iterable[str] | None, **kwargs: Any) -> None:
        if create:
            self.audiences.set([PUBLIC] if tokens is None else tokens)


class FigureFactory(DjangoModelFactory):
    """Persons counted in Serbia in one year, as a number."""

    class Meta:
        model = Figure

    class Params:
        words = factory.Trait(value=None, value_text="about half", unit="")

    indicator = factory.SubFactory(IndicatorFactory)
    area = "RS"
    period = factory.Sequence(lambda number: str(2000 + number % 90))
    value = Decimal(100)
    unit = "persons"
    source = "https://example.org/report"
    order = factory.Sequence(int)
