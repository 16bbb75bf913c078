import pytest
from django.core.exceptions import ValidationError

from library.indicators import services
from library.indicators.models import Figure, Indicator
from network.members.models import User
from portal.core.audience import PUBLIC
from portal.core.audit import trail_of
from tests.factories.indicators import FigureFactory, IndicatorFactory

pytestmark = pytest.mark.django_db


def test_an_indicator_is_saved_with_its_figures_in_order_and_who_did_it() -> None:
    user = User.objects.create_user("staff@example.org")
    made = services.create_indicator(
        indicator=IndicatorFactory.build(slug="returned"),
        figures=[FigureFactory.build(indicator=None, period=year) for year in ("2024", "2023")],
        audiences=[PUBLIC],
        by=user,
    )
    assert [figure.period for figure in made.figures.all()] == ["2024", "2023"]
    entry = trail_of(made).get()
    assert (entry.action, entry.by) == ("indicators.created", user)


def test_one_figure_that_can_not_be_read_leaves_nothing_saved() -> None:
    with pytest.raises(ValidationError, match="no area"):
        services.create_indicator(
            indicator=IndicatorFactory.build(slug="returned"),
            figures=[FigureFactory.build(indicator=None), FigureFactory.build(indicator=None, area="ZZ")],
            audiences=[PUBLIC],
            by=None,
        )
    assert not Indicator.objects.exists()
    assert not Figure.objects.exists()
