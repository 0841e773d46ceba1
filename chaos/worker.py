"""The product's worker, with orders met at each step of a run: `python -m chaos.worker` in the place of `-m celery`."""

import os
import sys

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "acontext_site.settings")
    django.setup()
    from chaos.steps import arm

    arm()
    from celery.__main__ import main as celery

    sys.argv[0] = "celery"
    celery()


if __name__ == "__main__":
    main()
