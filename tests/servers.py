"""The real WSGI application on a socket, and a real worker on the broker, for tests that cross processes' borders."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from celery.contrib.testing.worker import start_worker
from django.db import connections

from acontext_site.celery import app
from acontext_site.wsgi import application
from tasks.jobs import sweep


def run_async(story: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine in a thread of its own: the browser tests leave a running loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, story).result()


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


def _with_own_connection(environ: Any, start_response: Any) -> Any:
    """Serve a request and give the thread's connection back: these threads live one request long."""
    answer = None
    try:
        answer = application(environ, start_response)
        return list(answer)
    finally:
        # As every WSGI server does: a file that was sent is closed so.
        if hasattr(answer, "close"):
            answer.close()
        connections.close_all()


@contextmanager
def serving() -> Iterator[str]:
    """Serve the application; yield its address."""
    server = make_server("127.0.0.1", 0, _with_own_connection, _Server, _Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def sweeping() -> Iterator[None]:
    """Look for due sessions every moment, as the scheduler does each second."""
    stop = threading.Event()

    def sweep_until_stopped() -> None:
        while not stop.wait(0.1):
            sweep()
        connections.close_all()

    thread = threading.Thread(target=sweep_until_stopped)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def working(*, concurrency: int = 2) -> Iterator[None]:
    """Run a worker of this process's queue in a thread."""
    with start_worker(app, pool="threads", concurrency=concurrency, perform_ping_check=False, shutdown_timeout=30):
        yield
    connections.close_all()
