"""Every process that may ring for a job rings at our broker."""

import subprocess
import sys


def test_the_web_process_rings_at_our_broker() -> None:
    code = """
import acontext_site.wsgi
from django.conf import settings
from tasks.jobs import extract_session
assert extract_session.app.conf.broker_url == settings.CELERY_BROKER_URL, extract_session.app.conf.broker_url
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
