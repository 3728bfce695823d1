"""What netmiko and paramiko raise → the leaves of errors.py, each with a sentence that says what to do next.

No message repeats what the device sent or what was typed: either may hold a secret.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator

import paramiko
from netmiko.exceptions import NetmikoAuthenticationException, NetmikoBaseException, NetmikoTimeoutException, ReadTimeout

from ipsecbot.errors import (
    DeviceError,
    DeviceHung,
    HostKeyRefused,
    LoginRefused,
    NoCommonAlgorithms,
    SessionLost,
    Unreachable,
    WrongPlatform,
)
from ipsecbot.model.target import Target

# everything that opening or using a session can raise for reasons outside this program
LIBRARY_ERRORS = (NetmikoBaseException, paramiko.SSHException, OSError, EOFError, ValueError)


def _chain(trouble: BaseException | None) -> Iterator[BaseException]:
    """The exception and what it was made from: netmiko turns most of paramiko's into timeouts."""
    seen = 0
    while trouble is not None and seen < 10:
        yield trouble
        trouble, seen = trouble.__cause__ or trouble.__context__, seen + 1


def while_opening(target: Target, trouble: BaseException) -> DeviceError:
    """The leaf for an exception that came before the session could be used."""
    for one in _chain(trouble):
        if isinstance(one, DeviceError):
            return one
        found = _of_ssh(target, one) or _of_socket(target, one)
        if found is not None:
            return found
    return _of_login(target, trouble)


def while_asking(target: Target, trouble: BaseException) -> DeviceError:
    """The leaf for an exception in the middle of the work."""
    name = target.device.name
    for one in _chain(trouble):
        if isinstance(one, DeviceError):
            return one
        if isinstance(one, ReadTimeout | TimeoutError):
            return hung(target, "no answer came in time")
    return SessionLost(name, "the session ended in the middle of the work; try again, and look at the device if it repeats.")


def hung(target: Target, what: str) -> DeviceHung:
    return DeviceHung(
        target.device.name,
        f"the login was accepted, then {what} ({target.timeout.total_seconds():.0f} s); "
        "log in by hand and see whether the device answers, or raise timeout in the inventory.",
    )


def lost(target: Target) -> SessionLost:
    return SessionLost(
        target.device.name, "the device closed the session; try again, and look at its log and free VTYs if it repeats."
    )


def _where(target: Target) -> str:
    return f"{target.device.address} port {target.device.port}"


def _of_ssh(target: Target, trouble: BaseException) -> DeviceError | None:
    name = target.device.name
    if isinstance(trouble, paramiko.BadHostKeyException):
        return changed_host_key(target)
    if isinstance(trouble, paramiko.ssh_exception.IncompatiblePeer):
        return NoCommonAlgorithms(
            name,
            f"the SSH server at {_where(target)} offers no key exchange, host key or cipher that this client accepts; "
            "enable a newer one on the device (ip ssh server algorithm …) or a larger RSA key.",
        )
    if isinstance(trouble, NetmikoAuthenticationException | paramiko.AuthenticationException):
        return LoginRefused(
            name, f"user {target.login.username} was refused; check username, password and key of this device in the inventory."
        )
    if isinstance(trouble, paramiko.SSHException):
        return _of_message(target, str(trouble).lower())
    return None


def _of_message(target: Target, said: str) -> DeviceError | None:
    """Paramiko tells some failures apart by their wording only."""
    name = target.device.name
    if "banner" in said:
        return Unreachable(
            name,
            f"something accepts connections at {_where(target)}, but no SSH server answers; "
            "check port, its load, and whether VTYs are free.",
        )
    if "not found in known_hosts" in said:
        return unknown_host_key(target)
    if any(word in said for word in ("no existing session", "key-exchange timed out", "timeout")):
        return hung_login(target)
    if any(word in said for word in ("channel closed", "not active", "administratively", "connect failed", "open failed")):
        return lost(target)
    if any(word in said for word in ("dh group", "key exchange", "signature", "unsupported", "p wasn't", "invalid key")):
        return NoCommonAlgorithms(
            name, f"the SSH key exchange with {_where(target)} failed; compare the device's algorithms with this client's."
        )
    return None


def _of_socket(target: Target, trouble: BaseException) -> DeviceError | None:
    name = target.device.name
    if isinstance(trouble, socket.gaierror):
        return Unreachable(name, f"the name {target.device.address} cannot be resolved; check address or the resolver.")
    if isinstance(trouble, ConnectionRefusedError | paramiko.ssh_exception.NoValidConnectionsError):
        return Unreachable(
            name, f"nothing listens at {_where(target)}; check address and port, the SSH server, and whether VTYs are free."
        )
    if isinstance(trouble, ConnectionResetError | BrokenPipeError):
        return lost(target)
    if isinstance(trouble, TimeoutError):
        return Unreachable(name, f"no answer from {_where(target)}; check address, routing and filters on the way.")
    if isinstance(trouble, EOFError):
        return lost(target)
    if isinstance(trouble, OSError) and trouble.errno is not None:
        return Unreachable(name, f"{_where(target)} cannot be reached: {trouble.strerror or 'network error'}.")
    return None


def _of_login(target: Target, trouble: BaseException) -> DeviceError:
    """After SSH was up: netmiko waits for a prompt, and says ValueError when it sees another one than it knows."""
    if isinstance(trouble, ReadTimeout | NetmikoTimeoutException):
        return hung(target, "no prompt came")
    if isinstance(trouble, ValueError) and "prompt not found" in str(trouble).lower():
        return wrong_platform(target, "its prompt is not the one of Cisco IOS")
    if isinstance(trouble, ValueError):
        return hung(target, "no prompt came")
    return lost(target)


def hung_login(target: Target) -> DeviceHung:
    return DeviceHung(
        target.device.name,
        f"{_where(target)} accepts the connection, but the SSH login does not get on; look at the device's load, try again.",
    )


def wrong_platform(target: Target, why: str) -> WrongPlatform:
    return WrongPlatform(
        target.device.name,
        f"this is not a {target.device.platform} device: {why}; correct platform, address or port in the inventory.",
    )


def unknown_host_key(target: Target) -> HostKeyRefused:
    return HostKeyRefused(
        target.device.name,
        f"the host key of {_where(target)} is not in {target.known_hosts or '~/.ssh/known_hosts'}; log in once with ssh and "
        "compare it, or set host_keys: accept-new.",
    )


def changed_host_key(target: Target) -> HostKeyRefused:
    return HostKeyRefused(
        target.device.name,
        f"the host key of {_where(target)} differs from the one in {target.known_hosts or '~/.ssh/known_hosts'}: "
        "another device answers, or the key was renewed; compare it, then remove the old line.",
    )
