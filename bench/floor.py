"""The floor: a bare WSGI app that runs the same statement and does nothing else."""

import json
import os
import threading
import uuid

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "acontext_site.settings")

import django

django.setup()

import msgspec
import psycopg
from django.conf import settings

from sessions.ingest import STORE_ONE
from sessions.models import ApiKey

local = threading.local()


def application(environ, start_response):
    if not hasattr(local, "connection"):
        database = settings.DATABASES["default"]
        local.connection = psycopg.connect(
            dbname=database["NAME"],
            user=database["USER"],
            host=database["HOST"],
            password=database.get("PASSWORD") or None,
            port=database.get("PORT") or None,
            autocommit=True,
        )
    if environ["PATH_INFO"] == "/health":
        start_response("200 OK", [("Content-Type", "application/json")])
        return [b"{}"]
    text = msgspec.json.decode(environ["wsgi.input"].read())["blob"]["content"]
    session = environ["PATH_INFO"].split("/")[4]
    message_id = uuid.uuid4()
    values = {
        "owner": ApiKey.digest_of(environ["HTTP_AUTHORIZATION"][7:]),
        "session": session,
        "last_id": message_id,
        "role": "user",
        "format": "openai",
        "parts": json.dumps([{"type": "text", "text": text}]),
        "blob": None,
        "media": None,
        "facts": "{}",
        "meta": "{}",
        "tokens": 250,
        "turn_ended": False,
        "goes_on": False,
        "title": "x",
    }
    row = local.connection.execute(STORE_ONE["key"], values, prepare=True).fetchone()
    body = msgspec.json.encode({"code": 0, "data": {"id": message_id, "seq": row[1]}, "msg": ""})
    start_response("201 Created", [("Content-Type", "application/json")])
    return [body]
