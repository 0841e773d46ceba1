"""Serve the product: engines, database, web server, worker and scheduler, until Ctrl-C."""

import http.client
import signal
import sys
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand

from acontext_site import embedded
from acontext_site.embedded import folders
from acontext_site.supervisor import broker, children, database, secret_key, static_files
from acontext_site.supervisor.address import Address, chosen_address, reserve
from acontext_site.supervisor.errors import StartError
from acontext_site.supervisor.supervise import Supervisor
from acontext_site.supervisor.welcome import welcome
from tasks.checks import llm_settings


class Command(BaseCommand):
    help = "Start everything and keep it running: PORT=8029, HOST=127.0.0.1, ACONTEXT_DATA_DIR=..., LLM_API_KEY=..."
    # Linters and tests have checked the code; a start should be quick.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if sys.platform == "win32":
            sys.exit("acontext: Windows cannot run this command; use WSL 2")
        signal.signal(signal.SIGTERM, _interrupt)
        try:
            self._serve()
        except (StartError, embedded.EmbeddedError) as error:
            sys.exit(f"acontext: {error}")
        except KeyboardInterrupt:
            sys.exit(130)
        finally:
            embedded.leave(settings.DATA_DIR)

    def _serve(self) -> None:
        for problem in llm_settings(None):
            raise StartError(f"{problem.msg}; {problem.hint}")
        address = chosen_address()
        served = [children.web(address), children.worker()]
        with reserve(address):
            folders.make(settings.DATA_DIR)
            secret_key.hand_down(settings.DATA_DIR)
            if not settings.EMBEDDED_VALKEY:
                broker.reach()
            with static_files.collecting():
                embedded.ensure_configured()
                first = database.make_ready()
            supervisor = Supervisor(served, say=self._say)
            supervisor.run(
                is_ready=lambda: answers(address), when_ready=lambda: self.stdout.write(welcome(first, address))
            )

    def _say(self, line: str) -> None:
        self.stderr.write(f"acontext: {line}")


def answers(address: Address) -> bool:
    """Whether the web server says that it is well."""
    connection = http.client.HTTPConnection(address.reached_at, address.port, timeout=1)  # heeds no proxy
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
