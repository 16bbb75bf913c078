"""The core's tables, and the abstract page every page type is made from."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.forms import CheckboxSelectMultiple
from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.models import (
    AbstractImage,
    AbstractRendition,
    Filter,
    Image,
    SourceImageIOError,
    get_rendition_storage,
    get_rendition_upload_to,
    get_upload_to,
)
from wagtail.models import Page, PageViewRestriction

from .enums import AudienceKind
from .files.fields import DocumentField, PictureField, RenditionField, is_new
from .files.pictures import UNREADABLE
from .languages import in_language

logger = logging.getLogger(__name__)


class Audience(models.Model):
    """One audience. Kept by the app that owns it: public and members here, groups and agencies by members."""

    token = models.CharField(_("token"), max_length=120, primary_key=True)
    kind = models.CharField(_("kind"), max_length=10, choices=AudienceKind.choices)
    key = models.CharField(_("key"), max_length=100, blank=True)
    label = models.CharField(_("label"), max_length=200)

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        # Backwards by kind: public and members stand first, the many agencies last.
        ordering: ClassVar[list[str]] = ["-kind", "label"]

    def __str__(self) -> str:
        return self.label


class AuditEntry(models.Model):
    """One step worth remembering: who did what to which record, when and why.

    Never changed, never deleted: the database refuses both (migration 0003). So it holds the names themselves, and no
    rule of the database ties `by` to an account, which may be gone. Read `by_name`.
    """

    at = models.DateTimeField(_("at"), auto_now_add=True, db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, blank=True, related_name="+", db_constraint=False
    )
    by_name = models.CharField(_("who"), max_length=200, blank=True, help_text=_("Empty: the portal itself."))
    action = models.CharField(_("action"), max_length=80, db_index=True)
    content_type = models.ForeignKey(
        ContentType, models.PROTECT, related_name="+", verbose_name=_("what it was done to")
    )
    object_id = models.CharField(max_length=60)
    target = GenericForeignKey("content_type", "object_id")
    target_name = models.TextField(_("its name then"), blank=True)
    reason = models.TextField(_("reason"), blank=True)
    data = models.JSONField(_("data"), default=dict, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        default_permissions = ("view",)
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["content_type", "object_id"], name="audit_target")
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_name}"


class OutgoingMail(models.Model):
    """A letter that left the writing transaction and not yet, or only just, the process: the mail outbox."""

    created_at = models.DateTimeField(auto_now_add=True)
    to = models.EmailField(_("to"))
    template = models.CharField(max_length=100)
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=250)
    body = models.TextField()
    sent_at = models.DateTimeField(null=True, blank=True, db_index=True)
    taken_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.TextField(_("reason of the last failure"), blank=True)

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mail")
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.to}: {self.subject}"


class SentForm(models.Model):
    """A form that was sent and taken: what a second sending of it is answered (`portal.core.once`)."""

    key = models.CharField(max_length=64, unique=True)
    answer = models.TextField(blank=True)
    said = models.JSONField(default=list)
    sent_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("sent form")
        verbose_name_plural = _("sent forms")

    def __str__(self) -> str:
        return self.answer


class UnreadablePictureError(SourceImageIOError, Http404):
    """The file of an image is damaged or gone: Wagtail puts a placeholder there, and an address ends in a 404."""


class PortalImage(AbstractImage):
    """An image with an audience. Its files are served by `portal.core.files.views.serve_file`, which asks it."""

    file = PictureField(verbose_name=_("file"), upload_to=get_upload_to, width_field="width", height_field="height")
    audiences = models.ManyToManyField(Audience, verbose_name=_("audience"), related_name="+")

    admin_form_fields = (*Image.admin_form_fields, "audiences")

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; a new file first, because what is kept of it has another size than what came in."""
        written = kwargs.get("update_fields")
        if is_new(self.file) and (written is None or "file" in written):
            self.file.save(self.file.name, self.file.file, save=False)
        super().save(*args, **kwargs)

    @contextmanager
    def get_willow_image(self) -> Iterator[Any]:
        """Wagtail's. Raises UnreadablePictureError for whatever is wrong with the file, here or in the block."""
        try:
            with super().get_willow_image() as picture:
                yield picture
        except InvalidFilterSpecError:
            raise
        except UNREADABLE as error:
            raise UnreadablePictureError(f"{self.file.name}: {error}") from error

    def get_rendition(self, filter: Filter | str) -> Any:  # noqa: A002  Wagtail's name
        """Wagtail's; for a file that can not be read one without size or file, so that the page around it stands."""
        try:
            return super().get_rendition(filter)
        except SourceImageIOError as error:
            logger.warning("picture %s not shown: %s", self.pk, error)
            placeholder = PortalRendition(image=self, width=0, height=0)
            placeholder.file.name = "not-found"  # as Wagtail's own templates know it
            return placeholder


class PortalRendition(AbstractRendition):
    """A size of an image; seen by whom the image is seen by."""

    file = RenditionField(
        upload_to=get_rendition_upload_to, storage=get_rendition_storage, width_field="width", height_field="height"
    )
    image = models.ForeignKey(PortalImage, models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)


class PortalDocument(AbstractDocument):
    """A file with an audience, asked at every download."""

    file = DocumentField(upload_to="documents", verbose_name=_("file"))
    audiences = models.ManyToManyField(Audience, verbose_name=_("audience"), related_name="+")

    admin_form_fields = (*Document.admin_form_fields, "audiences")

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def clean(self) -> None:
        """Nothing beside the field's own look at the file.

        Wagtail's looks at the name's ending here, also where the form has no file to look at: it fails when several
        uploads are given their audiences.
        """


class BasePage(Page):
    """Every page: it carries an audience, and speaks the reader's interface language around its own content.

    The interface language is the one in the address; the content is shown in the language it was written in, or in its
    translation where there is one.
    """

    audiences = ParentalManyToManyField(
        Audience,
        verbose_name=_("audience"),
        related_name="+",
        help_text=_("Who will see this page, its files, its search hits and its title in lists."),
    )

    content_panels: ClassVar[list[Panel | str]] = [
        *Page.content_panels,
        FieldPanel("audiences", widget=CheckboxSelectMultiple),
    ]
    # The audience decides; Wagtail's own page privacy would be a second, weaker answer to the same question.
    private_page_options: ClassVar[list[str]] = []
    show_in_menus_default = False

    class Meta:
        abstract = True

    def get_view_restrictions(self) -> Any:
        """None, ever (and no query to find out): the audience decides."""
        return PageViewRestriction.objects.none()

    def get_url_parts(self, request: HttpRequest | None = None) -> Any:
        """Wagtail's parts, with the page's path under the active interface language."""
        parts = super().get_url_parts(request)
        if parts is None or parts[2] is None:
            return parts
        site_id, root_url, page_path = parts
        return site_id, root_url, in_language(page_path, get_language())

    @property
    def canonical_path(self) -> str:
        """The page's path under its own language: the address search engines should keep."""
        return in_language(self.get_url() or "/", self.locale.language_code)
