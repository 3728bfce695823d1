"""What pluto and its tools say about the host: configuration, keys, the kernel, start and stop; and what means nothing.

Source: sentences of Openswan 2.4 to Libreswan 5.3 as their users see them; variants of one sentence stand side by side.
"""

from __future__ import annotations

from ipsecbot.model.exchange import EventKind as K
from ipsecbot.parse.libreswan.phrases_wire import BOUNCES, ESP
from ipsecbot.parse.phrase import Phrase

CONFIGURATION: tuple[Phrase, ...] = (
    Phrase(
        K.ALGORITHM_UNSUPPORTED,
        "failed to add connection: {any} {?algorithm }'{offered}' is not {supported/recognized}{?{any}}",
    ),
    Phrase(
        K.CERTIFICATE_REFUSED,
        "failed to add connection: {left/right} certificate '{identity}' is expired or not yet valid",
        attribute="expired",
    ),
    Phrase(K.CREDENTIAL_MISSING, "failed to add connection: {left/right} certificate '{identity}' not found in {any}"),
    Phrase(K.CONFIG_REFUSED, "{failed/Failed} to {add/load} connection{?{any}}: {detail}"),
    Phrase(K.CONFIG_REFUSED, "{ike/esp} string error: {detail}"),
    Phrase(K.CONFIG_REFUSED, "attempt to load incomplete connection"),
    Phrase(K.CONFIG_REFUSED, "got 0 transforms for {detail}"),
    Phrase(K.CONFIG_REFUSED, 'no connection named "{detail}"'),
    Phrase(K.CONFIG_REFUSED, "{?{any} }syntax error{detail}"),
    Phrase(K.CONFIG_REFUSED, "{?{any} }{unrecognized keyword/unknown keyword}{detail}"),
    Phrase(K.CONFIG_REFUSED, "{can not/cannot} load config '{any}': {detail}"),
    Phrase(K.CONFIG_REFUSED, "failed to parse config {detail}"),
    Phrase(K.CONFIG_REFUSED, "option --config {any} invalid, {detail}"),
    Phrase(
        K.CONFIG_INCOMPLETE,
        "{we/We} cannot identify ourselves with either end of this connection{?{any}}",
        detail="no interface has either address",
    ),
    Phrase(K.CONFIG_INCOMPLETE, "added unoriented IKEv{n} connection ({detail})"),
    Phrase(K.CONFIG_INCOMPLETE, "cannot initiate connection {any}{detail}"),
    Phrase(K.ADDRESS_REFUSED, "leasing {any} address failed: {detail}"),
    Phrase(K.ADDRESS_REFUSED, "Quick Mode request rejected, peer requested lease of {any}{detail}"),
    Phrase(K.ADDRESS_REFUSED, "IKE_AUTH request does not include a CP payload required by {any}"),
    Phrase(None, "{added/Added/loaded} {any}"),
    Phrase(None, "deleting {connection/template/group/non-instance}{?{any}}"),
    Phrase(None, "{multiple/ignoring/forgetting/loading/adding/listening} {any}"),
)

KERNEL: tuple[Phrase, ...] = (
    Phrase(
        K.ALGORITHM_UNSUPPORTED,
        "{?ERROR: }netlink response for Add SA {any}: {Function not implemented/Protocol not supported}{?{any}}",
        protocol=ESP,
    ),
    Phrase(K.ALGORITHM_UNSUPPORTED, "{?WARNING: }{kernel algorithm does not like/requested kernel enc}{detail}", protocol=ESP),
    Phrase(None, "{?ERROR: }netlink response for {any}"),
    Phrase(None, "{ESP/AH/IPCOMP} traffic information: {any}"),
)

RUN: tuple[Phrase, ...] = (
    Phrase(K.DAEMON_STARTED, "Starting Pluto {any}"),
    Phrase(K.DAEMON_STARTED, "Starting Pluto subsystem{?{any}}"),
    Phrase(K.DAEMON_STOPPED, "{shutting down/Pluto is shutting down}{?{any}}"),
    Phrase(K.DAEMON_STOPPED, "{?whack: }{Pluto/pluto} is not running{?{any}}"),
    Phrase(K.DAEMON_STOPPED, "connect(pluto_ctl) failed: {any}"),
    Phrase(K.DAEMON_STOPPED, "ERROR: Pluto is not running{any}"),
    Phrase(K.DAEMON_STOPPED, "{ABORT/ASSERTION FAILED}{any}"),
)

HARMLESS: tuple[Phrase, ...] = (
    Phrase(None, "{us/them}: {any}"),
    Phrase(None, "{ike_alg:/Testing registered/Using Linux/including/OAKLEY_/All crypto/extra debugging/NSS/FIPS/FIPS:} {any}"),
    Phrase(None, "OAKLEY_{word} {any}self-test {any}"),
    Phrase(None, "{any} prompt for {any}"),
    Phrase(None, "deleting IKE SA but connection is supposed to remain up{?{any}}"),
    Phrase(None, "{scheduling/queuing pending/reschedule pending/switching CHILD/Subnet} {any}"),
    Phrase(None, "EXPECTATION FAILED{any}"),
    Phrase(None, "{kernel:/seccomp/spent/task/job/impair:/IMPAIR:/NSS: RSA:/IKETCP/libevent/CISCO_SPLIT:/DOS} {any}"),
    Phrase(
        None, "{not initiating/dropping/omitting/blocking/scheduling/processing a fake/start processing/stop processing}{any}"
    ),
    Phrase(None, "{delete ipsec-interface/created ipsec-interface/cannot delete ipsec-interface/failed to pull traffic}{any}"),
    Phrase(None, "{PPK AUTH/PPK ID/Child SA initiating/IKE SA #/identity hash/non-critical payload/sending bogus}{any}"),
    Phrase(None, "{retransmit so/send_no_delete/IKE_AUTH response redirects/IKE_SA_INIT response redirects/xauth:}{any}"),
    Phrase(None, "IKE_AUTH response missing v2SA, v2TSi or v2TSr: not attempting to setup CHILD SA"),
    Phrase(None, "{?ignoring }{received/Received/ignoring unknown} Vendor ID payload {any}"),
    Phrase(
        None,
        "{received/Received} {INTERNAL/IPv4/IPv6/IP4/DNS/IP/subnet/mode/MODECFG/CISCO/v2N/hash/first/duplicate/soft/and}{any}",
    ),
    Phrase(None, "XAUTH{any}"),
    Phrase(None, "{modecfg/ModeCFG/modecfg:}{any}"),
    Phrase(None, "{I am sending/I did not send/sending INITIAL_CONTACT/Not sending/asking for/setting/unsetting}{any}"),
    Phrase(None, "Dead Peer Detection (RFC 3706): {any}"),
    Phrase(None, "{Configured DPD/DPD:} {any}"),
    Phrase(None, "{revival/reviving/dispatch/queue/connection/note/redirect/routing/running}{any}"),
    Phrase(None, "connection is supposed to remain up; {any}"),
    Phrase(None, "initiate on-demand {any}"),
    Phrase(None, "{loaded/reloaded} private key {any}"),
    Phrase(None, "{prompt/command/peer requested/IKEv1 Aggressive Mode with PSK is vulnerable/You should NOT}{any}"),
    Phrase(None, "{Bid-down/next attempt/Allowing/applying/Applying}{any}"),
    Phrase(None, "{up/down/prepare/route/unroute}-{client/host} {?command }{any}"),
    Phrase(None, "{releasing whack/IKE SA is shared/ISAKMP SA is shared}{any}"),
    Phrase(None, "{initiating all conns/initiator/responder}{any}"),
    Phrase(None, "packet rejected: should have been encrypted"),
    Phrase(None, "{encrypted Informational Exchange/Informational Exchange}{any}"),
    Phrase(None, "{Quick Mode message/Quick Mode I1 message} is {any}"),
)

# Answers of tools that carry no frame of pluto.
UNFRAMED: tuple[Phrase, ...] = (
    *BOUNCES,
    Phrase(K.CONFIG_REFUSED, '{?{n} }no connection named "{detail}"'),
    Phrase(K.DAEMON_STOPPED, "{?whack: }Pluto is not running{any}"),
    Phrase(K.DAEMON_STOPPED, "whack: is Pluto running?{?{any}}"),
    Phrase(K.DAEMON_STOPPED, "connect(pluto_ctl) failed{any}"),
    Phrase(K.DAEMON_STOPPED, "Pluto is shutting down{?{any}}"),
    Phrase(K.DAEMON_STOPPED, "{?ipsec }whack: Pluto is not running{any}"),
    Phrase(K.CONFIG_REFUSED, "can not load config '{any}': {detail}"),
    Phrase(K.CONFIG_REFUSED, "failed to load config: {detail}"),
    Phrase(K.CONFIG_REFUSED, '{?{n} }"{any}" line {n}: {detail}'),  # of a file of secrets
    Phrase(K.CONFIG_REFUSED, "{any}/ipsec.conf:{n}: {syntax error/unrecognized keyword}{detail}"),
)
