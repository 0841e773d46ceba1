#!/usr/bin/env python
"""Django's command line, with the embedded engines started for commands that need them."""

import os
import sys

# These neither read nor write the database; `up` starts the engines itself and says so.
WITHOUT_ENGINES = {"up", "check", "help", "version", "collectstatic", "makemessages", "compilemessages", "diffsettings"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "acontext_site.settings")
    from django.core.management import execute_from_command_line

    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command not in WITHOUT_ENGINES and not command.startswith("-"):
        from acontext_site.embedded import EmbeddedError, ensure_configured

        try:
            ensure_configured()
        except EmbeddedError as error:
            sys.exit(f"acontext: {error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
