"""Make an API key and print it, once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions.models import ApiKey, Project


class Command(BaseCommand):
    help = "Make an API key of a project and print it. It is shown this once and kept nowhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", help="name or id of the project; the first one when left out")
        parser.add_argument("--name", default="made on the command line")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = options["project"]
        projects = Project.objects.order_by("created_at")
        project = next((p for p in projects if wanted in (None, p.name, str(p.id))), None)
        if project is None:
            raise CommandError(f"There is no project {wanted!r}." if wanted else "There is no project; run `make up`.")
        _, key = ApiKey.issue(project, name=options["name"])
        self.stdout.write(key)
