"""Applications."""

from __future__ import annotations

from typing import Any

from network.members.models import Agency, User
from network.vetting.models import Application
from network.vetting.services import ApplicationForm, submit

from .members import AgencyFactory, UserFactory


def filled(agency: Agency | None = None, **fields: Any) -> ApplicationForm:
    """A filled-in form, for an agency of its own unless given one."""
    values = {
        "agency": agency or (None if "agency_name" in fields else AgencyFactory()),
        "agency_name": "",
        "position": "Adviser",
        "work_email": "nova@agency.example",
        "reason": "We prepare returns and want to learn from others.",
    }
    return ApplicationForm(**{**values, **fields})


def application(user: User | None = None, agency: Agency | None = None, **fields: Any) -> Application:
    """An application that was just sent."""
    return submit(user=user or UserFactory(), form=filled(agency, **fields))
