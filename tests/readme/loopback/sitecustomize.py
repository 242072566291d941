"""Python imports this first in every process of these tests: nothing there reaches beyond this machine.

A production configuration names a mail server and a database somewhere; here they are as good as down.
"""

import sys
from ipaddress import ip_address

LOCAL_NAMES = {"localhost", "localhost.localdomain", "ip6-localhost"}


def stays_here(host: object) -> bool:
    if host is None:
        return True
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name in LOCAL_NAMES or name == "":
        return True
    try:
        address = ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def guard(event: str, args: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = args[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = args[0]
    else:
        return
    if not stays_here(host):
        raise OSError(f"these tests stay on this machine: {event} {host!r}")


sys.addaudithook(guard)
