"""Tell those whose twelve months ended."""

from typing import Any

from django.core.management.base import BaseCommand

from network.members import services


class Command(BaseCommand):
    """`manage.py end_lapsed_memberships`: run daily."""

    help = "Writes to members whose twelve months ended without confirmation, once each."

    def handle(self, *args: Any, **options: Any) -> None:
        """Tell them, and say how many there were."""
        number = services.end_lapsed()
        self.stdout.write(f"{number} membership{'' if number == 1 else 's'} ended")
