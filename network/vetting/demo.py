"""One example application that waits for its second decision."""

from __future__ import annotations

from network.members.models import Agency, User
from portal.core import demo

from .enums import Verdict
from .models import Application
from .services import ApplicationForm, decide, submit


@demo.register(order=80)
def load_application(report: demo.DemoReport) -> None:
    """The example applicant applies, and the agency's example focal point accepts."""
    people = {user.email: user for user in User.objects.filter(is_example=True)}
    applicant, focal_point = people.get("applicant@example.org"), people.get("focal-point@example.org")
    agency = Agency.objects.filter(slug="example-agency-ba").first()
    if (
        applicant is None
        or focal_point is None
        or agency is None
        or Application.objects.filter(user=applicant).exists()
    ):
        return
    form = ApplicationForm(
        agency=agency,
        agency_name="",
        position="Adviser for voluntary return",
        work_email="applicant@example.org",
        reason="Example: we prepare returns with two neighbours and want to know how others counsel families.",
        sponsor_email="member@example.org",
    )
    application = submit(user=applicant, form=form)
    decide(application=application, by=focal_point, verdict=Verdict.ACCEPT, reason="Example: works in my unit.")
    report.count("example applications")
