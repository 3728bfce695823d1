"""A syslog daemon of the size that the laboratory needs: datagrams from /dev/log, lines in /var/log/syslog."""

from __future__ import annotations

import re
import socket
from pathlib import Path

_PRIORITY = re.compile(rb"^<\d+>")


def serve(listen: Path, into: Path, hostname: str) -> None:
    """Write every datagram as a line `Mon dd hh:mm:ss HOST program: text`, as rsyslog's traditional format does, for ever."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(listen))
        listen.chmod(0o666)
        while True:
            message = _PRIORITY.sub(b"", server.recv(65536)).rstrip(b"\0\n")
            stamp, text = message[:15], message[16:]
            with into.open("ab") as log:
                log.write(stamp + b" " + hostname.encode() + b" " + text + b"\n")


if __name__ == "__main__":
    serve(Path("/dev/log"), Path("/var/log/syslog"), socket.gethostname())
