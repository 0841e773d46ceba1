"""`manage.py up` with two workers that meet orders, and with short pauses before what died starts again."""

import os
import sys
from collections.abc import Callable

import django

LONGEST_PAUSE = 0.5


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "acontext_site.settings")
    django.setup()
    from django.core.management import execute_from_command_line

    from acontext_site.management.commands import up
    from acontext_site.supervisor import children
    from acontext_site.supervisor.supervise import Supervisor

    def two_workers(served: list[children.Child], *, say: Callable[[str], None]) -> Supervisor:
        second = children.worker()
        for child in (*served, second):
            child.command = ["chaos.worker" if word == "celery" else word for word in child.command]
        return Supervisor([*served, second], say=say)

    children.LONGEST_PAUSE = LONGEST_PAUSE
    up.Supervisor = two_workers  # type: ignore[assignment, misc]
    execute_from_command_line([sys.argv[0], "up"])


if __name__ == "__main__":
    main()
