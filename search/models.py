"""The search outbox: what changed and is not in the index yet.

The database is the truth; losing the index loses nothing.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OutboxRow(models.Model):
    """One change of one thing, written in the transaction of the change and removed once the index shows it.

    Rows are only added, never rewritten, so that writers never wait for each other or for the engine. Whoever drains
    reads the thing's state of that moment: the newest wins, however many rows it has.
    """

    key = models.CharField(_("key"), max_length=200, help_text=_("Type and id of the document."))
    model = models.CharField(_("model"), max_length=100)
    object_id = models.CharField(_("primary key"), max_length=100)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)
    due_at = models.DateTimeField(_("next try"), default=timezone.now)
    attempts = models.PositiveIntegerField(_("failed attempts"), default=0)
    reason = models.TextField(_("reason of the last failure"), blank=True)
    # Applied to the live index while another is being built; applied once more after the swap.
    held = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("change to be indexed")
        verbose_name_plural = _("changes to be indexed")
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["held", "due_at"], name="search_outbox_due")]

    def __str__(self) -> str:
        return self.key


class Lease(models.Model):
    """Work that one process does at a time: draining the outbox, rebuilding the index.

    It ends by itself when its holder dies.
    """

    name = models.CharField(max_length=20, primary_key=True)
    holder = models.CharField(max_length=32, blank=True)
    until = models.DateTimeField()

    class Meta:
        verbose_name = _("lease")
        verbose_name_plural = _("leases")

    def __str__(self) -> str:
        return self.name
