"""Load the starter content."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.module_loading import autodiscover_modules

from portal.core import demo


class Command(BaseCommand):
    """`manage.py load_demo`."""

    help = "Loads the real meetings, practices, terms and figures, and the example accounts. Never touches what exists."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run every app's part, each in its own transaction, and say what was made."""
        autodiscover_modules("demo")
        report = demo.DemoReport()
        for loader in demo.loaders():
            with transaction.atomic():
                loader(report)
        made = ", ".join(f"{number} {kind}" for kind, number in report.made.items())
        self.stdout.write(f"Made {made}." if made else "Everything was there already.")
        for note in report.notes:
            self.stdout.write(note)
