"""Remove files that no message holds; the worker does it every few hours by itself."""

from django.core.management.base import BaseCommand

from sessions.assets.cleaning import clean_up


class Command(BaseCommand):
    help = "Remove files that no message holds, and what crashes left."

    def handle(self, *args: object, **options: object) -> None:
        removed, lost = clean_up()
        self.stdout.write(f"{removed} files removed, {lost} of them without a record")
