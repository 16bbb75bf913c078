"""Work that leaves the request: in process after commit, or in `manage.py db_worker`, by the TASKS setting."""

from django_tasks import task

from . import mail


@task()
def drain_mail() -> int:
    """Send the letters that wait; returns how many went."""
    return mail.drain()
