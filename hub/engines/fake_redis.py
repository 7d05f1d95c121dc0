"""The last resort: fakeredis' server on a socket of ours. Run as a script, with the path of the socket."""

import itertools
import socket
import sys
from typing import Any

from fakeredis import TcpFakeServer


class SocketFakeServer(TcpFakeServer):
    """The TCP server of fakeredis, on a Unix socket: nobody else on the machine can reach it."""

    address_family = socket.AF_UNIX
    numbers = itertools.count(1)

    def get_request(self) -> tuple[Any, Any]:
        """Clients of a Unix socket have no address, and fakeredis tells them apart by it: number them."""
        connection, _ = super().get_request()
        return connection, (f"client-{next(self.numbers)}", 0)


if __name__ == "__main__":
    SocketFakeServer(sys.argv[1]).serve_forever()
