"""Send the letters that wait."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.core import mail


class Command(BaseCommand):
    """`manage.py drain_mail [--all]`."""

    help = "Sends the letters that wait in the outbox. --all also tries those given up after ten failures."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare --all."""
        parser.add_argument("--all", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Send, and say how many went and how many still wait."""
        sent = mail.drain(include_given_up=options["all"])
        self.stdout.write(f"{sent} sent, {mail.waiting()} waiting")
