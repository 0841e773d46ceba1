"""The broker that CELERY_BROKER_URL names."""

from acontext_site.supervisor.errors import StartError

SECONDS_TO_CONNECT = 5


def reach() -> None:
    """Refuse a start whose worker could never get a job."""
    from acontext_site.celery import app

    with app.connection_for_write(connect_timeout=SECONDS_TO_CONNECT) as connection:
        try:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=SECONDS_TO_CONNECT)
        except Exception as error:  # each transport has errors of its own, and any of them means the same
            raise StartError(
                f"cannot reach the broker of CELERY_BROKER_URL, {connection.as_uri()}: {' '.join(str(error).split())}"
            ) from None
