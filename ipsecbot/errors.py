"""Every error this program raises, drawn once. A leaf is named by what the operator does next.

IpsecbotError
├── UsageError                exit 2: type it differently
│   ├── InventoryError        mend the named line of the inventory file
│   ├── UnknownPeer           pick one of the nearest names
│   ├── AmbiguousPeer         pick one of the candidates
│   └── InputError            give a file that can be read and holds text
├── DeviceError               exit 4 when no end is left: look at the named device
│   ├── Unreachable           check address, port and path
│   ├── NoCommonAlgorithms    the SSH server offers nothing this client accepts
│   ├── HostKeyRefused        compare the host key, then mend known_hosts
│   ├── LoginRefused          check the credential reference
│   ├── EnableRefused         check the enable secret or the privilege of the account
│   ├── SessionLost           the session ended in the middle; try again
│   ├── DeviceHung            logged in, but no prompt or no answer in time
│   └── WrongPlatform         correct the platform in the inventory
├── CredentialError           mend the reference (env:, file:, command:) it names
├── DebugRefused              read the reason; nothing was switched on
├── LabError                  the laboratory could not be built or driven; the named command says why
└── ParseError                a text could not be understood at all
"""

from __future__ import annotations


class IpsecbotError(Exception):
    """Root of every error that this program raises on purpose."""


class UsageError(IpsecbotError):
    """What was asked for cannot be done as it was typed."""


class InventoryError(UsageError):
    """The inventory is wrong at one line; `line` counts from 1, 0 means the whole file."""

    def __init__(self, path: str, line: int, message: str) -> None:
        self.path, self.line, self.message = path, line, message
        super().__init__(f"{path}:{line}: {message}" if line else f"{path}: {message}")


class UnknownPeer(UsageError):
    """No tunnel, device or address matches the PEER argument."""

    def __init__(self, peer: str, nearest: tuple[str, ...] = ()) -> None:
        self.peer, self.nearest = peer, nearest
        hint = f"; nearest: {', '.join(nearest)}" if nearest else "; `ipsecbot inventory list` shows what there is"
        super().__init__(f"no tunnel, device or address matches {peer!r}{hint}")


class AmbiguousPeer(UsageError):
    """Several tunnels match the PEER argument."""

    def __init__(self, peer: str, candidates: tuple[str, ...]) -> None:
        self.peer, self.candidates = peer, candidates
        super().__init__(f"{peer!r} matches several tunnels: {', '.join(candidates)}")


class InputError(UsageError):
    """A file, folder or stream holds nothing that can be read as text."""


class DeviceError(IpsecbotError):
    """Something went wrong with one device; the other end is still diagnosed."""

    def __init__(self, device: str, message: str) -> None:
        self.device, self.message = device, message
        super().__init__(f"{device}: {message}")


class Unreachable(DeviceError):
    """No TCP connection to the device could be made."""


class NoCommonAlgorithms(DeviceError):
    """SSH negotiation failed: key exchange, host key or cipher have nothing in common."""


class HostKeyRefused(DeviceError):
    """The host key is unknown or differs from the one in known_hosts."""


class LoginRefused(DeviceError):
    """The device refused the user name, password or key."""


class EnableRefused(DeviceError):
    """The device refused enable mode, or sudo asks for a password."""


class SessionLost(DeviceError):
    """The session ended before the work on the device was done."""


class DeviceHung(DeviceError):
    """The device accepted the session but did not answer in time."""


class WrongPlatform(DeviceError):
    """The device is not of the platform that the inventory says."""


class CredentialError(IpsecbotError):
    """A credential reference cannot be resolved."""


class DebugRefused(IpsecbotError):
    """A debug was not started; the device is as it was found."""

    def __init__(self, device: str, reason: str) -> None:
        self.device, self.reason = device, reason
        super().__init__(f"{device}: debug refused: {reason}")


class LabError(IpsecbotError):
    """A laboratory could not be built or driven; the message names what is missing or which command failed."""


class ParseError(IpsecbotError):
    """A text could not be understood; `line` counts from 1."""

    def __init__(self, device: str, output: str, line: int, message: str) -> None:
        self.device, self.output, self.line, self.message = device, output, line, message
        super().__init__(f"{device}: {output}: line {line}: {message}")
