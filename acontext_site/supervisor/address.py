"""Where the web server listens: from HOST and PORT, and reserved before anything else is started."""

import errno
import os
import socket
import sys
from dataclasses import dataclass

from acontext_site.supervisor.errors import StartError

DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", "8029"
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 compared with, not bound to


@dataclass(frozen=True)
class Address:
    """A numeric host and a port."""

    host: str
    port: int

    @property
    def reached_at(self) -> str:
        """Return the host by which this machine reaches itself."""
        return EVERYWHERE.get(self.host, self.host)

    @property
    def url(self) -> str:
        """Return what to type into a browser on this machine."""
        host = f"[{self.reached_at}]" if ":" in self.reached_at else self.reached_at
        return f"http://{host}:{self.port}"


def chosen_address() -> Address:
    """Read HOST and PORT."""
    host, port = os.environ.get("HOST") or DEFAULT_HOST, os.environ.get("PORT") or DEFAULT_PORT
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise StartError(f"PORT is {port!r}, but must be a number from 1 to 65535")
    try:
        found = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)
    except OSError as error:
        raise StartError(f"HOST is {host!r}, which is no address of this machine: {error.strerror}") from None
    return Address(str(found[0][4][0]), int(port))


def reserve(address: Address) -> socket.socket:
    """
    Bind the address without listening, so that a second start finds it taken at once and not seconds later.

    The web server's processes share the port among each other, and with this socket of the same user.
    """
    holder = socket.socket(socket.AF_INET6 if ":" in address.host else socket.AF_INET)
    try:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind((address.host, address.port))
    except OSError as error:
        holder.close()
        raise StartError(_why_not(address, error)) from None
    if sys.platform != "linux":  # elsewhere the reservation would keep the web server out
        holder.close()
        return holder
    # Only now: a socket that shares from the beginning would be let in beside another server.
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
    return holder


def _why_not(address: Address, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {address.port} is taken (is Acontext Site running already, at {address.url}?): "
            f"choose another, for example PORT={_free_port(address)} make up"
        )
    return f"cannot listen on {address.host} port {address.port}: {error.strerror}; set HOST or PORT"


def _free_port(address: Address) -> int:
    """Return a nearby port that is free now."""
    for port in range(address.port + 1, min(address.port + 20, 65536)):
        with socket.socket(socket.AF_INET6 if ":" in address.host else socket.AF_INET) as probe:
            try:
                probe.bind((address.host, port))
            except OSError:
                continue
            return port
    return 8030
