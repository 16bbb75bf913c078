"""The members' fixed choices."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MembershipState(TextChoices):
    """Where a person stands with the network (vetting moves them)."""

    APPLICANT = "applicant", _("Applicant")
    MEMBER = "member", _("Member")
    SUSPENDED = "suspended", _("Suspended")
    LEFT = "left", _("Left")


class Role(TextChoices):
    """What a person is to the portal at a given moment; worked out, never stored."""

    ANONYMOUS = "anonymous", _("Visitor")
    APPLICANT = "applicant", _("Applicant")
    MEMBER = "member", _("Member")
    FOCAL_POINT = "focal_point", _("Focal point")
    REVIEWER = "reviewer", _("Peer reviewer")
    STAFF = "staff", _("Project staff")
    ADMINISTRATOR = "administrator", _("Administrator")
    SUSPENDED = "suspended", _("Suspended member")
    EXPIRED = "expired", _("Expired member")


class AgencyKind(TextChoices):
    """What sort of body an agency is."""

    MINISTRY = "ministry", _("Ministry")
    AGENCY = "agency", _("Agency")
    POLICE = "police", _("Police")
    OMBUDS = "ombudsperson", _("Ombudsperson")
    NGO = "ngo", _("Non-governmental organisation")
    INTERNATIONAL = "international", _("International organisation")
    EU_BODY = "eu", _("Body of the European Union")
    OTHER = "other", _("Other")


class SpokenLanguage(TextChoices):
    """Languages people of the network speak at work, those of the people they meet in procedures among them."""

    ENGLISH = "en", _("English")
    ALBANIAN = "sq", _("Albanian")
    BOSNIAN = "bs", _("Bosnian")
    CROATIAN = "hr", _("Croatian")
    GERMAN = "de", _("German")
    MACEDONIAN = "mk", _("Macedonian")
    MONTENEGRIN = "cnr", _("Montenegrin")
    SERBIAN = "sr", _("Serbian")
    SLOVENE = "sl", _("Slovene")
    ROMANI = "rom", _("Romani")
    FRENCH = "fr", _("French")
    ITALIAN = "it", _("Italian")
    RUSSIAN = "ru", _("Russian")
    TURKISH = "tr", _("Turkish")
    ARABIC = "ar", _("Arabic")
    DARI = "fa", _("Persian and Dari")
    PASHTO = "ps", _("Pashto")
    URDU = "ur", _("Urdu")
