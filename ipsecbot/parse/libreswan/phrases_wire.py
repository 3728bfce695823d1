"""What pluto says about starting, messages and the life of SAs: one row per sentence.

`state` names the state that is reached when the sentence is printed (states.py): from it follow the messages. What stands in
braces (`{using isakmp#1 msgid:…}`, `{ESP=>0x… <0x… xfrm=…}`) is read from every sentence alike (fields.py). Source: sentences
of FreeS/WAN 2, Openswan 2.4 to 2.6 and Libreswan 3.0 to 5.3 as their users see them; variants of one stand side by side.
"""

from __future__ import annotations

from ipsecbot.model.exchange import EventKind as K
from ipsecbot.model.exchange import ExchangeType
from ipsecbot.model.proposal import Protocol
from ipsecbot.model.sa import Role
from ipsecbot.parse.phrase import Phrase

INIT, RESP = Role.INITIATOR, Role.RESPONDER
IKE, ESP = Protocol.IKE, Protocol.ESP
MAIN, AGGRESSIVE, QUICK = ExchangeType.MAIN, ExchangeType.AGGRESSIVE, ExchangeType.QUICK
CREATE, AUTH, SA_INIT = ExchangeType.CREATE_CHILD_SA, ExchangeType.IKE_AUTH, ExchangeType.IKE_SA_INIT

STARTS: tuple[Phrase, ...] = (
    Phrase(K.STARTED, "initiating Main Mode{?{any}}", INIT, 1, exchange=MAIN),
    Phrase(K.STARTED, "initiating IKEv1 Main Mode connection{?{any}}", INIT, 1, exchange=MAIN),
    Phrase(K.STARTED, "initiating Aggressive Mode{?{any}}", INIT, 1, exchange=AGGRESSIVE),
    Phrase(K.STARTED, "initiating IKEv1 Aggressive Mode connection{?{any}}", INIT, 1, exchange=AGGRESSIVE),
    Phrase(K.STARTED, "initiating v2 parent SA{?{any}}", INIT, 2),
    Phrase(K.STARTED, "initiating IKEv2 IKE SA{?{any}}", INIT, 2),
    Phrase(K.STARTED, "initiating IKEv2 connection to {remote} {?({word}) }using {UDP/TCP}{?{any}}", INIT, 2),
    Phrase(K.STARTED, "initiating IKEv2 connection{?{any}}", INIT, 2),
    Phrase(K.STARTED, "responding to Main Mode from unknown peer {remote}{? on port {n}}", RESP, 1, exchange=MAIN),
    Phrase(K.STARTED, "responding to Main Mode", RESP, 1, exchange=MAIN),
    Phrase(K.STARTED, "responding to Aggressive Mode, state {any} from {remote}", RESP, 1, exchange=AGGRESSIVE),
    Phrase(K.STARTED, "initiating Quick Mode {any}", INIT, 1, ESP, QUICK),
    Phrase(K.STARTED, "responding to Quick Mode{?{any}}", RESP, 1, ESP, QUICK),
    Phrase(K.STARTED, "initiating Child SA using IKE SA {any}", INIT, 2, ESP, CREATE),
    Phrase(K.STARTED, "initiating rekey to replace Child SA {any}", INIT, 2, ESP, CREATE),
    Phrase(K.STARTED, "initiating rekey to replace {?existing }IKE SA {any}", INIT, 2, IKE, CREATE),
    # whack's answer alone
    Phrase(None, "initiate{?, {any}}"),
    Phrase(None, "initiate to replace {any}"),
)

MESSAGES: tuple[Phrase, ...] = (
    Phrase(None, "transition from state {any} to state {state}"),
    Phrase(None, "sent Main Mode request", state="MAIN_I1"),
    Phrase(None, "sent Main Mode I2", state="MAIN_I2"),
    Phrase(None, "sent Main Mode I3", state="MAIN_I3"),
    Phrase(None, "sent Main Mode R1", state="MAIN_R1"),
    Phrase(None, "sent Main Mode R2", state="MAIN_R2"),
    Phrase(None, "sent Aggressive Mode request", state="AGGR_I1"),
    Phrase(None, "sent Aggressive Mode response, expecting confirmation", state="AGGR_R1"),
    Phrase(None, "sent Quick Mode request", state="QUICK_I1"),
    Phrase(None, "sent Quick Mode reply{?{any}}", state="QUICK_R1"),
    Phrase(None, "sent MR3, ISAKMP SA established{?{any}}", state="MAIN_R3"),
    Phrase(None, "sent QI2, IPsec SA established{?{any}}", state="QUICK_I2"),
    Phrase(None, "sent AI2, ISAKMP SA established{?{any}}", state="AGGR_I2"),
    Phrase(None, "sent {word} expecting {any}"),  # the story of a state whose name stands in front
    Phrase(None, "sent v2I1, expected v2R1{?{any}}", state="PARENT_I1"),
    Phrase(None, "sent v2I2, expected v2R2{?{any}}", state="PARENT_I2"),
    Phrase(None, "received v2I1, sent v2R1{?{any}}", state="PARENT_R1"),
    Phrase(None, "received v2I2, PARENT SA established{?{any}}", state="PARENT_R2"),
    Phrase(None, "PARENT SA established{?{any}}", state="PARENT_I3"),
    Phrase(None, "sent IKE_SA_INIT request{? to {remote}}", state="PARENT_I1"),
    Phrase(None, "sent IKE_SA_INIT {reply/response}{?{any}}", state="PARENT_R1"),
    Phrase(None, "sent IKE_AUTH {reply/response}{?{any}}", state="PARENT_R2"),
    Phrase(None, "{processing/Processing} decrypted IKE_AUTH request: {any}", state="IKE_AUTH_R"),
    Phrase(None, "{processing/Processing} decrypted IKE_AUTH response: {any}", state="IKE_AUTH_IR"),
    Phrase(None, "processed IKE_SA_INIT response from {remote} {any}", state="IKE_SA_INIT_IR"),
    Phrase(None, "sent IKE_AUTH request to {remote} with {offered} and {word} '{identity}'{?{any}}", state="PARENT_I2"),
    Phrase(None, "sent IKE_AUTH request to {remote}{?;{any}}", state="PARENT_I2"),
    Phrase(None, "sent IKE_AUTH request{?{any}}", state="PARENT_I2"),
    Phrase(None, "processing IKE_AUTH response from {remote} {any}", state="IKE_AUTH_IR"),
    Phrase(None, "processing IKE_AUTH request from {remote} {any}", state="IKE_AUTH_R"),
    Phrase(None, "sent IPsec Child req wait response{?{any}}", state="CREATE_I"),
    Phrase(None, "sent CREATE_CHILD_SA request {any}", state="CREATE_I"),
    Phrase(None, "{sent/processing/received/processed} IKE_INTERMEDIATE {any}"),
    Phrase(None, "initiator processed {any}"),
    Phrase(K.RETRANSMITTED, "retransmission; will wait {any} for response"),
    Phrase(K.RETRANSMITTED, "retransmitting {exchange} {direction}; will wait {any}", version=2),
    Phrase(K.RETRANSMITTED, "retransmitting in response to duplicate packet; already {state}"),
    Phrase(K.REPEATED, "discarding duplicate packet{?{any}}; already {state}"),
    Phrase(K.REPEATED, "discarding initial packet; already {state}"),
    Phrase(None, "discarding packet received during asynchronous work (DNS or crypto) in {any}"),
    Phrase(None, "{suppressing/supressing} retransmit{any}"),
    Phrase(K.GAVE_UP, "max number of retransmissions ({n}) reached {state}{?{any}}"),
    Phrase(K.GAVE_UP, "{n} second timeout exceeded after {n} retransmits{?{any}}"),
    Phrase(None, "{starting keying attempt/pending Quick Mode/pending IPsec SA negotiation} {any}"),
    Phrase(K.NETWORK_UNREACHABLE, "sendto on {any} to {remote} failed in {any}"),
    Phrase(K.NETWORK_UNREACHABLE, "send on {any} to {remote} using {any} failed in {any}"),
    Phrase(K.NAT_DETECTED, "NAT-Traversal: Result using {any}: i am NATed", detail="local"),
    Phrase(K.NAT_DETECTED, "NAT-Traversal: Result using {any}: I am behind NAT{?+{any}}", detail="local"),
    Phrase(K.NAT_DETECTED, "NAT-Traversal: Result using {any}: peer {is NATed/behind NAT}", detail="remote"),
    Phrase(K.NAT_DETECTED, "NAT-Traversal: Result using {any}: both are NATed", detail="both"),
    Phrase(None, "NAT-Traversal: Result using {any}: no NAT detected"),
    Phrase(None, "enabling possible NAT-traversal with {any}"),
)

_ERRNO = "ERROR: asynchronous network error report on {any} for message to {remote} port {remote_port}, complainant {word}: "
BOUNCES: tuple[Phrase, ...] = (
    Phrase(K.PORT_UNREACHABLE, _ERRNO + "Connection refused {any}"),
    Phrase(K.FAILED, _ERRNO + "Message too long {any}", detail="message too long"),
    Phrase(K.NETWORK_UNREACHABLE, _ERRNO + "{detail}"),
    Phrase(K.NETWORK_UNREACHABLE, "ERROR: asynchronous network error report on {any}, complainant {word}: {detail}"),
    Phrase(K.PORT_UNREACHABLE, "recvfrom on {word} failed; some IKE message we sent has been rejected with ECONNREFUSED {any}"),
)

NOTIFIES: tuple[Phrase, ...] = (
    *(
        Phrase(None, f"ignoring {{?{state} }}informational payload{{?, type}} {notify}{{?{{any}}}}")
        for state in ("secured", "unsecured")
        for notify in ("IPSEC_{word}", "INITIAL_CONTACT{?,}", "R_U_THERE{word}", "CISCO_{word}", "ISAKMP_N_{word}")
    ),
    Phrase(K.NOTIFY_RECEIVED, "ignoring {?{secured/unsecured} }informational payload{?, type} {?v{n}N_}{notify}{?,}{? {any}}"),
    Phrase(K.NOTIFY_RECEIVED, "received and ignored {?notification payload: }{?v{n}N_}{notify}"),
    Phrase(None, "received and {ignored/failed on} {any}"),
    # phase 1 proposals are refused in the clear
    Phrase(
        K.NOTIFY_SENT,
        "sending encrypted notification NO_PROPOSAL_CHOSEN to {remote}",
        RESP,
        1,
        ESP,
        QUICK,
        notify="NO_PROPOSAL_CHOSEN",
    ),
    Phrase(K.NOTIFY_SENT, "sending {?{encrypted/unencrypted} }notification {?v{n}N_}{notify} to {remote}"),
    Phrase(K.NOTIFY_SENT, "sending {?{encrypted/unencrypted} }notification {?v{n}N_}{notify} to {remote} {any}"),
    Phrase(
        K.NOTIFY_SENT,
        "responding to {exchange} {?({n}) }message ({?Message }ID {message_id}) from {remote} with {encrypted/unencrypted}"
        " notification {?v{n}N_}{notify}",
        RESP,
        2,
    ),
    Phrase(
        K.NOTIFY_SENT,
        "responding to {exchange} {?({n}) }message ({?Message }ID {message_id}) with {encrypted/unencrypted}"
        " notification {?v{n}N_}{notify}",
        RESP,
        2,
    ),
    Phrase(
        K.NOTIFY_SENT,
        "responding to {exchange} request with Message ID {message_id} with {encrypted/unencrypted} notification"
        " {?v{n}N_}{notify}{?, {any}}",
        RESP,
        2,
    ),
    # an answer to IKE_SA_INIT that nobody signed: pluto goes on waiting for another
    Phrase(K.NOTIFY_RECEIVED, "received unauthenticated {?v{n}N_}{notify} - ignored", INIT, 2, IKE, SA_INIT),
    Phrase(
        K.NOTIFY_RECEIVED,
        "dropping unexpected {?ISAKMP_v2_}IKE_SA_INIT message containing {?v{n}N_}{notify} notification{any}",
        INIT,
        2,
        IKE,
        SA_INIT,
    ),
    Phrase(K.NOTIFY_RECEIVED, "ignoring IKE_SA_INIT response containing {notify} notification {any}", INIT, 2, IKE, SA_INIT),
    Phrase(
        K.KE_REFUSED,
        "{received/Received} unauthenticated INVALID_KE_PAYLOAD response to {?Key Exchange Method (DH) }{?DH }{offered}; "
        "resending with suggested {?DH }{detail}",
        INIT,
        2,
        IKE,
        SA_INIT,
        "dh",
    ),
    Phrase(
        K.KE_REFUSED,
        "initiator guessed wrong keying material group ({offered}); responding with INVALID_KE_PAYLOAD requesting {detail}",
        RESP,
        2,
        IKE,
        SA_INIT,
        "dh",
    ),
    Phrase(
        K.NOTIFY_RECEIVED,
        "{Received/received} anti-DDOS COOKIE{any}",
        INIT,
        2,
        IKE,
        SA_INIT,
        notify="COOKIE",
    ),
    Phrase(K.NOTIFY_RECEIVED, "IKE SA authentication request rejected by peer: {notify}{?{any}}", INIT, 2, IKE, AUTH),
    Phrase(K.NOTIFY_RECEIVED, "IKE_AUTH response rejected Child SA with {notify}", INIT, 2, ESP, AUTH),
    Phrase(
        K.NOTIFY_RECEIVED,
        "IKE_AUTH response contained the {?CHILD SA }error notification {?'}{?v{n}N_}{notify}{?'}{?{any}}",
        INIT,
        2,
        None,
        AUTH,
    ),
    Phrase(K.NOTIFY_RECEIVED, "CREATE_CHILD_SA failed with error notification {notify}{?{any}}", INIT, 2, ESP, CREATE),
    Phrase(
        K.NOTIFY_RECEIVED,
        "dropping unexpected {?ISAKMP_v2_}CREATE_CHILD_SA message containing {?v{n}N_}{notify} notification{any}",
        INIT,
        2,
        ESP,
        CREATE,
    ),
    Phrase(
        K.NOTIFY_RECEIVED,
        "dropping unexpected {?ISAKMP_v2_}IKE_AUTH message containing {?v{n}N_}{notify} notification{any}",
        INIT,
        2,
        None,
        AUTH,
    ),
    # the own judgement of a message, its reason in the line before
    Phrase(K.FAILED, "response for Child SA {word} was rejected with {detail}", protocol=ESP),
    Phrase(K.FAILED, "CHILD SA failed: {detail}", protocol=ESP),
    Phrase(K.FAILED, "{state transition/Child SA encountered fatal error/CHILD SA encountered fatal error}{any}"),
    Phrase(None, "encountered fatal error in state {any}"),
)

LIFE: tuple[Phrase, ...] = (
    Phrase(None, "ISAKMP SA established{?{any}}", state="established"),
    Phrase(None, "IPsec SA established{?{any}}", state="child-established"),
    Phrase(
        None,
        "{initiator/responder} established IKE SA; authenticated peer {any} and {word} '{identity}'",
        state="established",
    ),
    Phrase(
        None,
        "{?{initiator/responder} }established IKE SA; authenticated {?peer }{any} '{identity}'{?{any}}",
        state="established",
    ),
    Phrase(None, "{?{initiator/responder} }established IKE SA{?{any}}", state="established"),
    Phrase(None, "IKE SA established {any}", state="established"),
    Phrase(None, "{?{initiator/responder} }established Child SA using {any}", state="child-established"),
    Phrase(None, "{?{initiator/responder} }established Child SA; {any}", state="child-established"),
    Phrase(K.REKEYED, "{?{initiator/responder} }rekeyed Child SA {any}", protocol=ESP),
    Phrase(K.REKEYED, "{?{initiator/responder} }rekeyed IKE SA {any}", protocol=IKE),
    Phrase(None, "rekeyed #{any}"),
    Phrase(K.SELECTORS_SELECTED, "negotiated {tunnel/connection} [{any}] -> [{any}]", protocol=ESP),
    Phrase(K.SELECTORS_SELECTED, "negotiated {tunnel/connection} [{any}] --({n})--> [{any}]", protocol=ESP),
    Phrase(K.DELETE_RECEIVED, "received Delete SA payload: {?self-}deleting ISAKMP State #{n}", protocol=IKE),
    Phrase(
        K.DELETE_RECEIVED,
        "received Delete SA{?(0x{word})} payload: {deleting/delete} {IPSEC/IPsec} State #{n}{? now}",
        protocol=ESP,
    ),
    Phrase(K.DELETE_RECEIVED, "received Delete SA payload: {any} {IPSEC/IPsec/CHILD} {State/SA} {any}", protocol=ESP),
    Phrase(K.DELETE_RECEIVED, "received Delete SA payload{any}"),
    Phrase(None, "ignoring Delete SA payload: {any}"),
    Phrase(None, "received delete request for {any}"),
    Phrase(K.DELETED, "{?other }deleting {?other }state {?#{n} }{?connection }({state}){detail}"),
    Phrase(K.DELETED, "deleting {ISAKMP/IKE} SA ({detail}){?{any}}", protocol=IKE),
    Phrase(K.DELETED, "deleting IPsec SA ({detail}){?{any}}", protocol=ESP),
    Phrase(None, "deleting {?larval }{?established }Child SA using IKE SA {any}"),
    Phrase(K.DELETE_SENT, "sent INFORMATIONAL request to delete IKE SA", protocol=IKE),
    Phrase(None, "sent INFORMATIONAL request to delete {any}"),
    Phrase(K.DELETED, "initiating delete of connection's {IKE/ISAKMP} SA{any}", protocol=IKE, detail="taken down here"),
    Phrase(None, "terminating SAs using this connection"),
    Phrase(K.PEER_SILENT, "DPD: No response from peer - declaring peer dead"),
    Phrase(K.PEER_SILENT, "DPD action - {any}"),
    Phrase(K.PEER_SILENT, "{liveness/IKEv2_LIVENESS} action - {any}"),
    Phrase(K.PEER_SILENT, "liveness_check{any}declaring peer dead{?{any}}"),
    Phrase(K.PEER_SILENT, "DPD: {Clearing/Restarting/Putting} {any}"),
    Phrase(K.IDLE, "{DPD/liveness}{any}idle{any}"),
    Phrase(None, "{ISAKMP/IKE/IPsec/CHILD} SA expired{any}"),
    Phrase(None, "{expire unused IKE SA/replacing stale}{any}"),
)
