"""The application as the supervisor serves it: its processes must not outlive the web server's main process."""

from acontext_site.embedded.deathsig import die_with_parent
from acontext_site.wsgi import application

__all__ = ["application"]

die_with_parent()
