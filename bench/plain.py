"""The way it is usually written: ORM in a transaction, through all page middleware."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "acontext_site.settings")

import django

django.setup()

import json

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.handlers.wsgi import WSGIHandler
from django.db import transaction
from django.http import JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from sessions import formats
from sessions.models import ApiKey, Message, Session


@csrf_exempt
@login_not_required
def store(request, session_id):
    key = ApiKey.objects.select_related("project").get(digest=ApiKey.digest_of(request.headers["Authorization"][7:]))
    content = formats.parse("openai", json.loads(request.body)["blob"])
    with transaction.atomic():
        session = Session.objects.select_for_update(of=["self"]).get(pk=session_id, project=key.project)
        session.head_seq += 1
        session.last_message_at = timezone.now()
        session.save()
        message = Message.objects.create(
            session=session,
            seq=session.head_seq,
            parent_id=session.last_message_id,
            role=content.role,
            format="openai",
            parts=content.parts,
            created_at=session.last_message_at,
            updated_at=session.last_message_at,
        )
    return JsonResponse({"code": 0, "data": {"id": str(message.id), "seq": message.seq}, "msg": ""}, status=201)


urlpatterns = [
    path("api/v1/session/<uuid:session_id>/messages", store),
    path("health", login_not_required(lambda request: JsonResponse({"code": 0}))),
]
settings.ROOT_URLCONF = __name__
application = WSGIHandler()
