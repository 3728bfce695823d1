"""The device itself: configuration not in force or incomplete, algorithms and limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ipsecbot.diagnose.attempts import Seen
from ipsecbot.diagnose.facts import SIDES, Facts, is_esp, lines
from ipsecbot.diagnose.faults import Stage
from ipsecbot.diagnose.needs import Need
from ipsecbot.diagnose.registry import Cleared, Clue, Strength, Testimony, Witness, rule
from ipsecbot.diagnose.testimony import change_of, reported
from ipsecbot.model.device import Platform
from ipsecbot.model.evidence import Side
from ipsecbot.model.exchange import EventKind, LogEvent

_SAYS_SO_ITSELF = 0.85
# What the kernel answers to an SA of which it has no cipher, no mode or no protocol (errno(3): ENOENT, EPROTONOSUPPORT, ENOSYS)
_KERNEL_HAS_NONE = ("No such file or directory", "Protocol not supported", "Function not implemented")
_BY_THE_KERNELS_ERROR = 0.78
_UNPROTECTED = 0.65
_PERHAPS = 0.4
_GRE_IN_CLEAR = re.compile(r"\bprot(?:ocol)?\s*[=:]\s*(?:47|gre)\b", re.IGNORECASE)
# what a router says about its own configuration, in an engineer's words
_IN_WORDS = (
    (
        re.compile(r"no IPSEC crypto ?map exists for local address (\S+?)[.,]?(?:\s|$)", re.I),
        r"no crypto map or tunnel protection covers \1",
    ),
    (re.compile(r"no crypto map bound to interface", re.I), "no crypto map is bound to the interface the packets came in by"),
    (re.compile(r"crypto map is incomplete", re.I), "its crypto map has no peer, no transform set or no access list"),
)
_UNSUPPORTED = "unsupported "
_NOTHING_ELSE = 0.66
_ON_DISK_ONLY = 0.8  # it may be left over, and another connection meant


@rule("crypto-map-incomplete", Need.CONFIG, Need.LOG, Need.AROUND)
def crypto_map_incomplete(facts: Facts) -> Iterator[Testimony]:
    """IOS: a crypto map without ACL, peer or transform set, or applied to no interface; tunnel protection missing.

    Seen: in the configuration or the crypto map table; the router says so when it is asked for the tunnel.
    Mended: on that router, by the missing line.
    """
    if facts.passed >= Stage.CHILD or facts.carried:
        yield Cleared("a CHILD_SA came up")
        return
    early = facts.is_observed and facts.passed < Stage.AUTH
    for side in SIDES:
        connections = facts.connections(side) or ()
        end = facts.end(side)
        if not _is_router(facts, side) or (end is not None and end.ike_running is False):
            continue  # with IKE switched off altogether it is peer-not-listening
        if any(not connection.problems and connection.applied is not False for connection in connections):
            continue
        for connection in connections:
            problems = connection.problems
            if connection.applied is False and connection.source is not None:
                problems = (*problems, (f"{connection.name} is applied to no interface", connection.source))
            if not problems:
                continue
            what = "; ".join(text for text, _ in problems)
            yield Clue(
                Strength.HINT if early else Strength.PROOF,
                Witness.CONFIG,
                lines(*(source for _, source in problems)),
                f"The configuration of {facts.name(side)} is incomplete: {what}.",
                change=change_of(side),
                weight=0.4 if early else 0.0,
            )

    for side in SIDES:
        end = facts.end(side)
        if end is not None and end.around.incomplete:
            what = end.around.incomplete[0].text
            headline = f"{facts.name(side)} itself calls its configuration incomplete: {what}"
            yield Clue(
                Strength.STRONG,
                Witness.CONFIG,
                end.around.incomplete[:2],
                headline,
                change=change_of(side),
                weight=_SAYS_SO_ITSELF,
            )

    def say(seen: Seen) -> str:
        return f"{facts.name(seen.side)} calls its own configuration incomplete: {_in_words(seen.event)}."

    yield from reported(
        facts,
        "crypto-map-incomplete",
        say,
        EventKind.CONFIG_INCOMPLETE,
        change=lambda seen: change_of(seen.side),
        where=lambda seen: _is_router(facts, seen.side),
    )


@rule("crypto-map-incomplete", Need.LOG)
def clear_packets(facts: Facts) -> Iterator[Clue]:
    """One end protects what the other sends in clear.

    Seen: an end logs that it received, in clear, packets which its configuration protects. GRE in clear comes from a tunnel
    interface without tunnel protection; anything else from a crypto map that is missing, not applied or narrower on the peer.
    Mended: on the peer, by the same protection as on the end that complains.
    """
    if facts.is_up and all(facts.state(side).packets_in for side in SIDES if facts.state(side).children is not None):
        return
    for side in SIDES:
        seen = facts.events(EventKind.UNPROTECTED, side=side)
        if not seen or not _is_router(facts, side):
            continue
        gre = any(_GRE_IN_CLEAR.search(one.event.detail or "") for one in seen)
        peer = seen[-1].event.remote or facts.name(side.other)
        what = "GRE in clear, so its tunnel interface lacks tunnel protection" if gre else "in clear what should be protected"
        yield Clue(
            Strength.STRONG if gre else Strength.HINT,
            Witness.RESPONDER,
            lines(*(one.event.source for one in seen[-3:])),
            f"{peer} sends {facts.name(side)} {what}: protect the same packets on both ends.",
            change=change_of(side.other),
            weight=_UNPROTECTED if gre else _PERHAPS,
        )


def _in_words(event: LogEvent) -> str:
    told = f"{event.source.text} {event.detail or ''}"
    return next((match.expand(words) for pattern, words in _IN_WORDS if (match := pattern.search(told))), "see the line quoted")


def _is_router(facts: Facts, side: Side) -> bool:
    end = facts.end(side)
    return end is not None and end.device.platform is not Platform.STRONGSWAN


@rule("config-not-loaded", Need.CONFIG, Need.LOG, Need.AROUND)
def config_not_loaded(facts: Facts) -> Iterator[Testimony]:
    """The configuration on disk is not what the daemon runs.

    Seen: the daemon reports that it could not load a connection or key, or the file has a connection that the
    daemon does not list.
    Mended: on that end, by correcting the line and loading again (`swanctl --load-all`, `ipsec reload`).
    """
    if facts.passed >= Stage.CHILD:
        yield Cleared("a CHILD_SA came up")
        return
    for side in SIDES:
        connections = facts.connections(side) or ()
        idle = [connection for connection in connections if connection.running is False]
        if idle and not any(connection.running for connection in connections):
            names = ", ".join(connection.name for connection in idle)
            headline = (
                f"{facts.name(side)} has {names} on disk only, the daemon does not know it: load the configuration again."
            )
            evidence = lines(*(connection.source for connection in idle))
            yield Clue(Strength.PROOF, Witness.CONFIG, evidence, headline, change=change_of(side), weight=_ON_DISK_ONLY)
        yield from _not_as_written(facts, side)
        end = facts.end(side)
        if end is not None and end.around.not_loaded:
            headline = (
                f"The daemon of {facts.name(side)} does not know a connection it is asked for: load the configuration there."
            )
            lead = end.around.not_loaded[:2]
            yield Clue(Strength.STRONG, Witness.DAEMON, lead, headline, change=change_of(side), weight=0.75)

    def say(seen: Seen) -> str:
        return (
            f"{facts.name(seen.side)} could not load part of its configuration: {seen.event.detail or 'see the line quoted'}."
        )

    for clue in reported(
        facts,
        "config-not-loaded",
        say,
        EventKind.CONFIG_REFUSED,
        strength=Strength.STRONG,
        change=lambda seen: change_of(seen.side),
        where=lambda seen: _is_about_this_tunnel(facts, seen) or _left_nothing(facts, seen) or _is_all_there_is(facts),
    ):
        yield replace(clue, weight=_NOTHING_ELSE) if _is_all_there_is(facts) else clue


def _not_as_written(facts: Facts, side: Side) -> Iterator[Clue]:
    """Lines that the daemon cannot take, and connections that run otherwise than the file says: hints, because either may
    concern something that this negotiation does not need."""
    if _is_router(facts, side):
        return
    connections = facts.connections(side) or ()
    drift = [item for connection in connections for item in connection.drift]
    problems = [item for connection in connections for item in connection.problems]
    for items, words in ((drift, "runs something else than its file says"), (problems, "may not load what its file says")):
        if items:
            headline = f"{facts.name(side)} {words}: {'; '.join(text for text, _ in items)}."
            evidence = lines(*(source for _, source in items))
            yield Clue(Strength.HINT, Witness.CONFIG, evidence, headline, change=change_of(side), weight=0.4)


def _is_about_this_tunnel(facts: Facts, seen: Seen) -> bool:
    """A daemon also complains of files that nobody needs; only a complaint that names our connection counts."""
    words = set(re.findall(r"[\w.-]+", seen.event.detail or ""))
    names = {c.name for c in facts.connections(seen.side) or ()}
    names |= {child.name for c in facts.connections(seen.side) or () for child in c.children}
    return bool(words & names)


def _is_all_there_is(facts: Facts) -> bool:
    """Nothing was negotiated, nothing exists and no daemon is known to run a connection: whoever shows a complaint about
    loading asks about it."""
    if any(connection.running for side in SIDES for connection in facts.connections(side) or ()):
        return False
    if any(attempt.exchange.messages or attempt.exchange.events for attempt in facts.attempts):
        return False
    return not any(facts.state(side).ike or facts.state(side).children for side in SIDES)


def _left_nothing(facts: Facts, seen: Seen) -> bool:
    """A configuration was refused, the peer called later and met no connection at all: the refused one was its own."""
    if facts.connections(seen.side):
        return False
    calls = facts.events(EventKind.NO_CONNECTION, side=seen.side)
    here = seen.event.source
    return any(c.event.source.output == here.output and c.event.source.first_line > here.first_line for c in calls)


@rule("algorithm-unsupported", Need.LOG)
def algorithm_unsupported(facts: Facts) -> Iterator[Testimony]:
    """An algorithm is configured or agreed that this end cannot compute.

    Seen: that end logs that a plugin, the kernel or the image lacks the algorithm.
    Mended: on that end by the plugin or image, or on both by another algorithm.
    """
    if facts.passed >= Stage.CHILD:
        yield Cleared("a CHILD_SA came up")
        return

    def say(seen: Seen) -> str:
        what = seen.event.detail or "an algorithm"
        if what.startswith(_UNSUPPORTED):
            lacking = what.removeprefix(_UNSUPPORTED)
            return (
                f"{facts.name(seen.side)} does not have the {lacking} that was agreed: load what it lacks, or agree on another."
            )
        return f"{facts.name(seen.side)} cannot compute {what}: load what it lacks there, or use another algorithm on both."

    yield from reported(
        facts, "algorithm-unsupported", say, EventKind.ALGORITHM_UNSUPPORTED, change=lambda seen: change_of(seen.side)
    )
    for side in SIDES:
        failed = facts.events(EventKind.FAILED, side=side)
        errors = [seen for seen in failed if (seen.event.detail or "").startswith(_KERNEL_HAS_NONE)]
        lost = [seen for seen in failed if is_esp(seen.event.protocol)]
        if errors and lost:
            headline = f"The kernel of {facts.name(side)} cannot install the SA: it lacks a module of the algorithms agreed."
            evidence = lines(errors[-1].event.source, lost[-1].event.source)
            yield Clue(Strength.STRONG, Witness.STATE, evidence, headline, change=change_of(side), weight=_BY_THE_KERNELS_ERROR)


@rule("crypto-engine-or-license", Need.LOG)
def crypto_engine_or_license(facts: Facts) -> Iterator[Testimony]:
    """Hardware engine, throughput licence or tunnel limit.

    Seen: the router logs that a limit is reached or the engine failed.
    Mended: on that router, by the licence or fewer tunnels.
    """

    def say(seen: Seen) -> str:
        return f"{facts.name(seen.side)} has reached a limit: {seen.event.detail or 'see the line quoted'}."

    yield from reported(
        facts, "crypto-engine-or-license", say, EventKind.RESOURCE_LIMIT, change=lambda seen: change_of(seen.side)
    )
