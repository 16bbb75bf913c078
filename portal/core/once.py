"""A form that is sent twice is taken once: by an impatient finger, by a browser that tries again, or both together.

A page gives each of its forms a token of its own (``{% form_token %}``). The first sending of a form writes a row in
the transaction of its work, under a key made of token, person, address and all that was typed. A second sending waits
for that row, does nothing, and is answered like the first. What was changed since, or was refused, is another sending:
nothing typed is lost.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .models import SentForm

FIELD = "form_token"
#: How long a second sending is known for one.
KEPT = dt.timedelta(days=1)

View = Callable[..., HttpResponseBase]


def taken_once(view: View) -> View:
    """Let `view` take each sending of a form once. What it does is one transaction, undone where the view raises.

    A sending is taken when it is answered by a redirect to somewhere else for good; any other answer shows the form
    again, to be sent anew. A form without a token is taken as often as it comes.
    """

    @wraps(view)
    def once(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST" or not request.POST.get(FIELD):
            return view(request, *args, **kwargs)
        with transaction.atomic():
            sent, is_first = SentForm.objects.get_or_create(key=_key(request))
            if not is_first:
                return _answer_again(request, sent)
            response = view(request, *args, **kwargs)
            if isinstance(response, HttpResponseRedirect) and not _comes_back(request, response):
                sent.answer, sent.said = response.url, _said(request)
                sent.save()
            else:
                sent.delete()
        return response

    once.is_taken_once = True  # type: ignore[attr-defined]  # asked by the test that walks every form
    return once


def _comes_back(request: HttpRequest, response: HttpResponseRedirect) -> bool:
    """Whether it leads to a log-in, say, after which the same form is sent here again."""
    return request.get_full_path() in parse_qs(urlsplit(response.url).query).get("next", ())


def forget_old() -> int:
    """Delete what is older than a second sending can be; returns how many."""
    return SentForm.objects.filter(sent_at__lt=timezone.now() - KEPT).delete()[0]


def _key(request: HttpRequest) -> str:
    """What makes a sending the same as another: nobody can tell from it what was typed."""
    typed = {name: request.POST.getlist(name) for name in request.POST if name != "csrfmiddlewaretoken"}
    files = {name: [(file.name, file.size) for file in request.FILES.getlist(name)] for name in request.FILES}
    parts = [str(request.user.pk), request.get_full_path(), typed, files]
    return salted_hmac("portal.core.once", json.dumps(parts, sort_keys=True), algorithm="sha256").hexdigest()


def _said(request: HttpRequest) -> list[tuple[int, str]]:
    """What the view has to say on the next page."""
    added = getattr(messages.get_messages(request), "_queued_messages", [])
    return [(message.level, str(message.message)) for message in added]


def _answer_again(request: HttpRequest, sent: SentForm) -> HttpResponse:
    for level, words in sent.said:
        messages.add_message(request, level, words)
    return redirect(sent.answer)
