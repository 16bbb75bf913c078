"""Drop every cached page."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.core.pagecache import generation


class Command(BaseCommand):
    """`manage.py clear_page_cache`."""

    help = "Drops every cached page; needed only after Redis was away or the database was changed by hand."

    def handle(self, *args: Any, **options: Any) -> None:
        """Move the generation on."""
        generation().advance()
        self.stdout.write("Page cache emptied.")
