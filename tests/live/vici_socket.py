"""A client of charon's vici socket, as small as the tests need it.

Source: strongSwan's src/libcharon/plugins/vici/README.md, "VICI Protocol Specification": packets with a 32-bit length in front;
messages of sections, key/values and lists.
"""

from __future__ import annotations

import socket
import struct
from pathlib import Path

Message = dict[str, "str | list[str] | Message"]

_REQUEST, _RESPONSE, _REGISTER, _UNREGISTER, _CONFIRM, _EVENT = 0, 1, 3, 4, 5, 7
_SECTION, _SECTION_END, _VALUE, _LIST, _ITEM, _LIST_END = 1, 2, 3, 4, 5, 6


class Vici:
    """One connection to a daemon; values are text."""

    def __init__(self, path: Path, *, seconds: float = 20.0) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(seconds)
        self._socket.connect(str(path))

    def close(self) -> None:
        self._socket.close()

    def request(self, command: str, **arguments: str) -> Message:
        """One command and its answer."""
        self._send(_REQUEST, command, arguments)
        kind, payload = self._receive()
        assert kind == _RESPONSE, f"vici does not know {command}"
        return _read(payload)

    def stream(self, command: str, event: str) -> list[Message]:
        """One command that answers with a stream of events."""
        self._send(_REGISTER, event)
        assert self._receive()[0] == _CONFIRM, f"vici does not know the event {event}"
        self._send(_REQUEST, command, {})
        found = []
        while (received := self._receive())[0] == _EVENT:
            found.append(_read(received[1]))
        self._send(_UNREGISTER, event)
        while self._receive()[0] != _CONFIRM:
            pass
        return found

    def _send(self, kind: int, name: str, arguments: dict[str, str] | None = None) -> None:
        body = bytes([kind]) + _short(name)
        for key, value in (arguments or {}).items():
            body += bytes([_VALUE]) + _short(key) + _long(value)
        self._socket.sendall(struct.pack("!I", len(body)) + body)

    def _receive(self) -> tuple[int, bytes]:
        body = self._exactly(struct.unpack("!I", self._exactly(4))[0])
        kind = body[0]
        return kind, body[2 + body[1] :] if kind == _EVENT else body[1:]

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            chunk = self._socket.recv(count - len(data))
            assert chunk, "charon closed its vici socket"
            data += chunk
        return data


def _short(text: str) -> bytes:
    return bytes([len(text)]) + text.encode()


def _long(text: str) -> bytes:
    return struct.pack("!H", len(text.encode())) + text.encode()


def _read(data: bytes) -> Message:
    root: Message = {}
    stack: list[Message] = [root]
    items: list[str] | None = None
    at = 0
    while at < len(data):
        kind, at = data[at], at + 1
        name, value = "", ""
        if kind in (_SECTION, _VALUE, _LIST):
            name, at = data[at + 1 : at + 1 + data[at]].decode(), at + 1 + data[at]
        if kind in (_VALUE, _ITEM):
            length = struct.unpack("!H", data[at : at + 2])[0]
            value, at = data[at + 2 : at + 2 + length].decode(errors="replace"), at + 2 + length
        if kind == _SECTION:
            inner: Message = {}
            stack[-1][name] = inner
            stack.append(inner)
        elif kind == _SECTION_END:
            stack.pop()
        elif kind == _VALUE:
            stack[-1][name] = value
        elif kind == _LIST:
            items = []
            stack[-1][name] = items
        elif kind == _ITEM and items is not None:
            items.append(value)
    return root
