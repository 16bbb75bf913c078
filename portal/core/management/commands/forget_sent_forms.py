"""``manage.py forget_sent_forms``: forget which forms were sent, once none of them can come a second time."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from portal.core import once


class Command(BaseCommand):
    """Delete old rows of the table that keeps a form from being taken twice."""

    help = "Forget which forms were sent more than a day ago."

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete, and say how many."""
        self.stdout.write(f"{once.forget_old()} sent forms forgotten")
