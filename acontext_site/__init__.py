"""The wiring of Acontext Site: settings, URLs, the API object, Celery, the supervisor."""
