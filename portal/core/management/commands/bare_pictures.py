"""`manage.py bare_pictures`: takes out of stored pictures what cameras wrote into them."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.core.files.services import bare_stored_pictures


class Command(BaseCommand):
    """For pictures that were stored before uploads were kept bare; safe to repeat."""

    help = "Take place, time and names that cameras wrote out of stored pictures and their sizes."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many were changed, and name those that can not be read."""
        report = bare_stored_pictures()
        self.stdout.write(
            f"{report.changed} of {report.looked_at} pictures said more than their pixels; now none does."
        )
        for name in report.unreadable:
            self.stderr.write(f"can not be read, left as it is: {name}")
