"""What a person reads once everything runs."""

import os
import shlex

from django.conf import settings

from acontext_site.first_start import FirstStart
from acontext_site.supervisor.address import Address

SNIPPET = """\
.venv/bin/pip install -q acontext && .venv/bin/python - <<'EOF'
import os
from acontext import AcontextClient
client = AcontextClient(api_key=os.environ["ACONTEXT_API_KEY"], base_url="{url}/api/v1")
session = client.sessions.create()
for m in [
    {{"role": "user", "content": "Research iPhone 15 specs and summarize the key features"}},
    {{"role": "assistant", "content": "Here are the key iPhone 15 specs:\\n- A16 chip, 48MP camera, USB-C..."}},
    {{"role": "user", "content": "Now create a comparison table with iPhone 14"}},
    {{"role": "assistant", "content": "| Feature | iPhone 14 | iPhone 15 |\\n|---|---|---|\\n| Chip | A15 | A16 |..."}},
]:
    client.sessions.store_message(session_id=session.id, blob=m, format="openai")
client.sessions.flush(session.id)
for t in client.sessions.get_tasks(session.id).items:
    print(f"Task #{{t.order}}: {{t.data.task_description}} | Status: {{t.status}}")
EOF
"""


def welcome(first: FirstStart, address: Address) -> str:
    """Return the text: where it is, how to log in, which key, what to paste."""
    lines = [
        "",
        f"Acontext Site is ready: {address.url}",
        "",
        f"  Log in    {_login(first)}",
        f"  API key   {_key(first)}",
        f"  Tasks     {_extractor()}",
        f"  Data      {settings.DATA_DIR}",
        "  Stop      Ctrl-C",
        "",
        "Try it in another terminal, in this folder:",
        "",
        f"export ACONTEXT_API_KEY={first.api_key or _whole_key(first)}",
        SNIPPET.format(url=address.url),
    ]
    return "\n".join(lines)


def _login(first: FirstStart) -> str:
    if first.admin_password:
        return f"{first.admin_username} / {first.admin_password}   (shown this once)"
    change = f"{_here()}.venv/bin/python manage.py changepassword {first.admin_username}"
    return f"{first.admin_username}   (new password: {change})"


def _key(first: FirstStart) -> str:
    if first.api_key:
        return f"{first.api_key}   (of project {first.project_name!r}; kept only as a digest)"
    return f"{first.api_key_prefix}...   (of project {first.project_name!r}; another: {_here()}make key)"


def _whole_key(first: FirstStart) -> str:
    return f"{first.api_key_prefix}...   # yours in full, or: $({_here()}make -s key)"


def _here() -> str:
    """Return what a command in another terminal needs in front to mean this installation."""
    chosen = os.environ.get("ACONTEXT_DATA_DIR")
    return f"ACONTEXT_DATA_DIR={shlex.quote(str(settings.DATA_DIR))} " if chosen else ""


def _extractor() -> str:
    if settings.LLM_API_KEY or settings.LLM_BASE_URL:
        return f"extracted by {settings.LLM_SIMPLE_MODEL} at {settings.LLM_BASE_URL or 'OpenAI'}"
    return "extracted by built-in rules, offline; set LLM_API_KEY or LLM_BASE_URL for better ones"
