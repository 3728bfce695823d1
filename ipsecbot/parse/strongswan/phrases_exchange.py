"""What charon says about messages, proposals, selectors and the life of SAs: one row per sentence.

Source: sentences of charon 4.5 to 6.0 as its users see them; variants of one sentence stand side by side.
"""

from __future__ import annotations

from ipsecbot.model.exchange import EventKind as K
from ipsecbot.model.exchange import ExchangeType
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import Role
from ipsecbot.parse.phrase import Phrase

INIT, RESP = Role.INITIATOR, Role.RESPONDER
IKE, ESP = Protocol.IKE, Protocol.ESP

WIRE: tuple[Phrase, ...] = (
    Phrase(K.STARTED, "initiating IKE_SA {detail}[{unique}] to {remote}", role=INIT, version=2),
    Phrase(K.STARTED, "initiating Main Mode IKE_SA {detail}[{unique}] to {remote}", INIT, 1, exchange=ExchangeType.MAIN),
    Phrase(
        K.STARTED, "initiating Aggressive Mode IKE_SA {detail}[{unique}] to {remote}", INIT, 1, exchange=ExchangeType.AGGRESSIVE
    ),
    Phrase(K.STARTED, "{remote} is initiating an IKE_SA", role=RESP, version=2),
    Phrase(K.STARTED, "{remote} is initiating IKE_SA {detail}[{n}]", role=RESP, version=2),
    Phrase(K.STARTED, "{remote} is initiating a Main Mode IKE_SA", RESP, 1, exchange=ExchangeType.MAIN),
    Phrase(K.STARTED, "{remote} is initiating a{?n} Aggressive Mode IKE_SA", RESP, 1, exchange=ExchangeType.AGGRESSIVE),
    Phrase(K.SENT, "sending packet: from {local}{?[{local_port}]} to {remote}[{remote_port}]{?{? }({word} bytes)}"),
    Phrase(K.RECEIVED, "received packet: from {remote}[{remote_port}] to {local}[{local_port}]{?{? }({word} bytes)}"),
    Phrase(K.SENT, "sending packet: ... to {remote}{?[{remote_port}]}{? ({word} bytes)}"),  # as people shorten it
    Phrase(K.SENT, "generating {exchange} {direction} {message_id} [{? }{payloads}]"),
    Phrase(K.RECEIVED, "parsed {exchange} {direction} {message_id} [{? }{payloads}]"),
    Phrase(K.RETRANSMITTED, "retransmit {n} of request with message ID {message_id}"),
    Phrase(K.RETRANSMITTED, "sending retransmit {n} of {direction} message ID {message_id}, seq {n}"),
    Phrase(K.REPEATED, "received retransmit of {direction} with ID {message_id}, {any}"),
    Phrase(K.REPEATED, "received retransmit of DPD request, {any}"),
    Phrase(K.GAVE_UP, "giving up after {n} {retransmits/retries/path probings}"),
    Phrase(K.GAVE_UP, "establishing IKE_SA failed, peer not responding"),
    Phrase(K.GAVE_UP, "peer not responding, trying again ({any})"),
    Phrase(K.PEER_SILENT, "proper IKE_SA delete failed, peer not responding"),
    Phrase(K.PEER_SILENT, "rekeying IKE_SA failed, peer not responding"),
    Phrase(K.PEER_SILENT, "DPD check timed out, enforcing DPD action"),
    Phrase(K.NETWORK_UNREACHABLE, "error writing to socket: {detail}"),
    Phrase(K.NETWORK_UNREACHABLE, "no socket {any}send{any}"),
    Phrase(K.NETWORK_UNREACHABLE, "no route found to reach {remote}, {any}"),
    Phrase(K.NETWORK_UNREACHABLE, "unable to resolve {detail}, {any}"),
    Phrase(K.NETWORK_UNREACHABLE, "installing trap failed, local address unknown"),
    Phrase(K.FRAGMENT, "splitting IKE message {any}({n} bytes) into {detail} fragments"),
    Phrase(K.FRAGMENT, "splitting IKE message with length of {n} bytes into {detail} fragments"),
    Phrase(K.FRAGMENT, "sending IKE message with length of {n} bytes in {detail} fragments"),
    Phrase(K.FRAGMENT, "received fragment #{detail}, {any}"),
    Phrase(K.FRAGMENT, "received duplicate fragment #{detail}"),
    Phrase(K.FRAGMENT, "fragmented IKE message is too large"),
    Phrase(K.NOTIFY_RECEIVED, "received {notify} notify error{?, destroying IKE_SA}"),
    Phrase(K.NOTIFY_RECEIVED, "received {notify} error notify"),
    Phrase(K.NOTIFY_RECEIVED, "received {notify} notify, no CHILD_SA built", protocol=ESP),
    Phrase(K.NOTIFY_RECEIVED, "received {notify} notify, will retry later"),
    Phrase(K.NOTIFY_RECEIVED, "received {notify}, EAP authentication failed", detail="EAP"),
    Phrase(K.DELETE_SENT, "sending DELETE for IKE_SA {detail}[{n}]", protocol=IKE),
    Phrase(K.DELETE_RECEIVED, "received DELETE for IKE_SA {detail}[{n}]", protocol=IKE),
    Phrase(K.DELETE_SENT, "sending DELETE for {protocol} CHILD_SA with SPI {spi_in}"),
    Phrase(K.DELETE_RECEIVED, "received DELETE for {protocol} CHILD_SA with SPI {spi_out}"),
    Phrase(K.INVALID_SPI, "received DELETE for {?unknown }{protocol} CHILD_SA with SPI {spi_out}{?, but no such SA}"),
    Phrase(K.NAT_DETECTED, "local host is behind NAT{?, sending keep alives}", detail="local"),
    Phrase(K.NAT_DETECTED, "remote host is behind NAT", detail="remote"),
    Phrase(K.NAT_DETECTED, "faking NAT situation to enforce UDP encapsulation", detail="forced"),
    Phrase(K.NAT_DETECTED, "unable to determine source address, faking NAT situation", detail="forced"),
    Phrase(K.VERSION_REFUSED, "received unsupported IKE version {offered} from {remote}, sending {notify}"),
    Phrase(K.VERSION_REFUSED, "IKE version {offered} not supported"),
    Phrase(K.VERSION_REFUSED, "ignoring {any} IKEv{offered} exchange on {detail} SA"),
    Phrase(K.FAILED, "{exchange} {direction} with message ID {message_id} processing failed"),
    Phrase(K.RESOURCE_LIMIT, "ignoring IKE_SA setup from {remote}, {detail}"),
    Phrase(K.RESOURCE_LIMIT, "ignoring {any}, hitting IKE_SA limit ({n})"),
    Phrase(K.RESOURCE_LIMIT, "abort IKE_SA initiation, {detail}"),
)

CHOICE: tuple[Phrase, ...] = (
    Phrase(K.NO_CONNECTION, "no IKE config found for {local}...{remote}, sending {notify}", protocol=IKE),
    Phrase(K.NO_CONNECTION, "no IKE config found for {local}...{remote}", protocol=IKE),
    Phrase(K.CONNECTION_SELECTED, "selected peer config '{detail}'"),
    Phrase(K.CONNECTION_SELECTED, 'selected peer config "{detail}"'),
    Phrase(K.CONNECTION_SELECTED, "switching to peer config '{detail}'"),
    Phrase(K.PEER_REFUSED, "no peer config found"),
    Phrase(K.PEER_REFUSED, "no matching peer config found{? for {any}}"),
    Phrase(K.PEER_REFUSED, "no alternative config found"),
    Phrase(K.PEER_REFUSED, "selected peer config '{any}' {unacceptable/inacceptable}: {detail}"),
    Phrase(K.PEER_REFUSED, "selected peer config '{detail}' {unacceptable/inacceptable}"),
    # the daemon does not say which of the two it is: `attribute` is then no attribute of one fault
    Phrase(
        K.PEER_REFUSED,
        "found {n} matching config{?s}, but none allows {offered} Mode",
        version=1,
        attribute="mode-or-auth",
    ),
    Phrase(K.MODE_REFUSED, "Aggressive Mode PSK disabled for security reasons", version=1, offered="aggressive"),
    Phrase(K.OFFERED, "received proposals: {proposals}"),
    Phrase(K.CONFIGURED, "configured proposals: {proposals}"),
    Phrase(K.PROPOSAL_SELECTED, "selected proposal: {proposals}"),
    Phrase(K.PROPOSAL_REFUSED, "received proposals {unacceptable/inacceptable}", version=2, protocol=IKE),
    Phrase(K.PROPOSAL_REFUSED, "no proposal found", version=1, protocol=IKE),
    Phrase(K.PROPOSAL_REFUSED, "no acceptable proposal found", protocol=ESP),
    Phrase(K.PROPOSAL_REFUSED, "no matching proposal found, sending {notify}", version=1, protocol=ESP),
    Phrase(K.PROPOSAL_REFUSED, "no matching proposal found", protocol=ESP),
    Phrase(K.PROPOSAL_REFUSED, "{peers/peer's} proposal selection invalid"),
    Phrase(K.PROPOSAL_REFUSED, "ignore candidate '{detail}' without matching IKE proposal", protocol=IKE),
    Phrase(
        K.PROPOSAL_REFUSED,
        "requested {DH group/key exchange method} {offered} not contained in any of our proposals",
        attribute="dh",
    ),
    Phrase(K.PROPOSAL_REFUSED, "{peer's key exchange method/peer DH group} selection invalid", attribute="dh"),
    Phrase(K.TRANSFORM_REFUSED, "no acceptable {transform} found"),
    Phrase(K.TRANSFORM_REFUSED, "protocol mismatch, skipping", attribute="protocol"),
    Phrase(K.TRANSFORM_ACCEPTED, "proposal matches"),
    Phrase(
        K.KE_REFUSED, "{DH group/key exchange method} {offered} {unacceptable/inacceptable}, requesting {detail}", role=RESP
    ),
    Phrase(K.KE_REFUSED, "peer didn't accept {DH group/key exchange method} {offered}, it requested {detail}", role=INIT),
    Phrase(K.SELECTORS_OFFERED, "looking for a child config for {selectors}", role=RESP),
    Phrase(K.SELECTORS_REFUSED, "traffic selectors {selectors} {unacceptable/inacceptable}"),
    Phrase(K.SELECTORS_REFUSED, "no matching CHILD_SA config found for {selectors}"),
    Phrase(K.SELECTORS_REFUSED, "no matching CHILD_SA config found"),
    Phrase(K.SELECTORS_REFUSED, "no acceptable traffic selectors found"),
    Phrase(K.SELECTORS_REFUSED, "peer selected invalid traffic selectors: {detail}"),
    Phrase(K.ENCAPSULATION_REFUSED, "not using transport mode, {detail}", offered="transport"),
    Phrase(K.ENCAPSULATION_REFUSED, "{offered} mode requested by responder is unacceptable"),
    Phrase(K.ENCAPSULATION_REFUSED, "not using {offered} mode, {detail}"),
)

LIFE: tuple[Phrase, ...] = (
    Phrase(K.ESTABLISHED, "IKE_SA {detail}[{n}] established between {local}[{asked}]...{remote}[{identity}]", protocol=IKE),
    Phrase(K.REKEYED, "IKE_SA {detail}[{n}] rekeyed between {local}[{asked}]...{remote}[{identity}]", protocol=IKE),
    Phrase(
        K.ESTABLISHED,
        "{?inbound }CHILD_SA {detail}{#} established with SPIs {spi_in}_i {spi_out}_o and TS {selectors}",
        protocol=ESP,
    ),
    Phrase(
        K.REKEYED,
        "outbound CHILD_SA {detail}{#} established with SPIs {spi_in}_i {spi_out}_o and TS {selectors}",
        protocol=ESP,
    ),
    Phrase(
        K.REKEYED, "rekeyed CHILD_SA {detail}{#} with SPIs {any} with {word} with SPIs {spi_in}_i {spi_out}_o", protocol=ESP
    ),
    Phrase(K.DELETED, "deleting IKE_SA {detail}[{n}] between {local}[{asked}]...{remote}[{identity}]", protocol=IKE),
    Phrase(
        K.DELETED, "closing CHILD_SA {any}{#} with SPIs {spi_in}_i {any} {spi_out}_o {any} and TS {selectors}", protocol=ESP
    ),
    Phrase(
        K.DELETED,
        "closing expired CHILD_SA {any}{#} with SPIs {spi_in}_i {spi_out}_o and TS {selectors}",
        protocol=ESP,
        detail="expired",
    ),
    Phrase(K.DELETED, "deleting half open IKE_SA {?{word} }{?with {remote} }after timeout", protocol=IKE, detail="half open"),
    Phrase(K.DELETED, "destroying IKE_SA in state {detail} without notification", protocol=IKE),
    Phrase(K.DELETED, "destroying IKE_SA after failed XAuth authentication", protocol=IKE, detail="XAuth failed"),
    Phrase(K.DELETED, "closing IKE_SA due CHILD_SA setup failure", protocol=IKE, detail="CHILD_SA setup failed"),
    Phrase(K.DELETED, "deleting unestablished IKE_SA", protocol=IKE, detail="unestablished"),
    Phrase(K.IDLE, "deleting {IKE_SA/CHILD_SA} after {detail} seconds of {?CHILD_SA }inactivity"),
    Phrase(K.REPLACED, "destroying duplicate IKE_SA for peer '{identity}', received INITIAL_CONTACT"),
    Phrase(K.REPLACED, "deleting duplicate IKE_SA for peer '{identity}' due to uniqueness policy{any}"),
    Phrase(K.REPLACED, "schedule delete of duplicate IKE_SA for peer '{identity}' due to uniqueness policy{any}"),
    Phrase(K.REPLACED, "{canceling/cancelling} {detail} due to uniqueness policy"),
    Phrase(K.REPLACED, "detected duplicate IKE_SA for '{identity}', triggering delete for old IKE_SA"),
    Phrase(K.FAILED, "failed to establish CHILD_SA, keeping IKE_SA", protocol=ESP),
    Phrase(K.FAILED, "CHILD_SA rekeying failed, trying again in {detail}", protocol=ESP, exchange=ExchangeType.CREATE_CHILD_SA),
    Phrase(K.FAILED, "creating CHILD_SA failed, trying again in {detail}", protocol=ESP, exchange=ExchangeType.CREATE_CHILD_SA),
    Phrase(K.FAILED, "IKE_SA rekeying failed, trying again in {detail}", protocol=IKE, exchange=ExchangeType.CREATE_CHILD_SA),
    Phrase(K.FAILED, "{reauthentication/reauthenticating IKE_SA} failed{detail}", protocol=IKE),
    Phrase(K.FAILED, "unable to rekey, {detail}", protocol=ESP),
    Phrase(K.FAILED, "unable to reauthenticate{detail}", protocol=IKE),
    Phrase(K.FAILED, "unable to reestablish IKE_SA due to {detail}", protocol=IKE),
    Phrase(K.FAILED, "configuration payload negotiation failed, no CHILD_SA built", protocol=ESP),
    Phrase(K.FAILED, "key derivation {?for {any} }failed"),
)
