"""Terms for tests."""

import factory
from factory.django import DjangoModelFactory

from portal.vocabulary.enums import TermKind
from portal.vocabulary.models import Term


class TermFactory(DjangoModelFactory):
    """A stage by default; traits for the other kinds."""

    class Meta:
        model = Term

    class Params:
        group = factory.Trait(kind=TermKind.GROUP)
        instrument = factory.Trait(kind=TermKind.INSTRUMENT)
        theme = factory.Trait(kind=TermKind.THEME)
        glossary = factory.Trait(kind=TermKind.GLOSSARY)

    kind = TermKind.STAGE
    slug = factory.Sequence("term-{}".format)
    label = factory.Sequence("Term {}".format)
    definition = "What the term means."
