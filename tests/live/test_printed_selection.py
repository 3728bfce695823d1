"""What `compare` prints as `selected`, against what two charons said they selected, for every recorded pair, whoever starts."""

from __future__ import annotations

import re
from typing import Any

from charon_outcome import Outcome, strongswan_text
from charon_prediction import ADDRESSES, read_end
from generated_ends import generate
from recorded_negotiations import Recorded, read

from ipsecbot.compare import compare_ends
from ipsecbot.model.device import Device, Platform
from ipsecbot.model.evidence import Side
from ipsecbot.model.proposal import Protocol, TransformType
from ipsecbot.model.tunnel import Endpoint
from ipsecbot.report.comparison_document import document
from ipsecbot.spellings import read_keywords

_VERSION = re.compile(r"IKEv(\d) (\S+)")
_CHILD = re.compile(r"(\w+): (\S+?),? (?:tunnel|transport|which the kernel lacks)")
_IKE = re.compile(r"\w+(-(md5|sha\d+|aes\w+|camelliaxcbc)\w*)?-prf\w+-[a-z]\w+")  # cipher, integrity but with AEAD, PRF, group


def printed(recorded: Recorded) -> dict[str, Any]:
    """The only tunnel of the comparison, as JSON."""
    pair = generate(recorded.seed)
    ends = []
    for side, wish in ((Side.LEFT, pair.left), (Side.RIGHT, pair.right)):
        found = read_end(side, wish.swanctl(), strongswan_text(wish))
        device = Device(side.value, Platform.STRONGSWAN)
        ends.append(Endpoint(device, addresses=(ADDRESSES[side],), connections=found.connections, keys=found.keys))
    (tunnel,) = document(compare_ends("left", "right", ends[:1], ends[1:]))["tunnels"]
    only: dict[str, Any] = tunnel
    return only


def said(outcome: Outcome) -> dict[str, str]:
    """child → its proposal, of those that came up (or would have, had the kernel what they agreed on)."""
    return {match[1]: match[2] for match in map(_CHILD.match, outcome.children) if match}


def differences(recorded: Recorded) -> list[str]:
    """One line for each selection that is printed otherwise than charon said it."""
    tunnel, wrong = printed(recorded), []
    for side, outcome in recorded.outcomes.items():
        direction = tunnel[f"{side}_initiates"]
        ike = _VERSION.match(outcome.ike or "")
        if ike is not None and direction["ike"]["selected"] != ike[2]:
            wrong.append(f"seed {recorded.seed}, {side}: IKE {direction['ike']['selected']}, charon said {ike[2]}")
        told = said(outcome)
        for number, child in enumerate(direction["children"]):
            late = number > 0 and child["rekey_choice"] is not None  # not in IKE_AUTH, so with a key exchange
            selected = child["rekey_choice"]["selected"] if late else child["selected"]
            expected = told.get(child[side])
            if expected is not None and selected != expected:
                wrong.append(f"seed {recorded.seed}, {side}, {child[side]}: {selected}, charon said {expected}")
    return wrong


def test_what_is_printed_as_selected_is_what_charon_said() -> None:
    """strongSwan's keywords in full: IKE with its PRF and group, in IKEv1 too; ESP with its group where it has one."""
    recordings = [recorded for recorded in read()[1] if recorded.outcomes]
    wrong = [line for recorded in recordings for line in differences(recorded)]
    assert not wrong, "\n".join(wrong)
    every = [outcome for recorded in recordings for outcome in recorded.outcomes.values()]
    proposals = [match for outcome in every if (match := _VERSION.match(outcome.ike or ""))]
    assert {match[1] for match in proposals} == {"1", "2"}
    assert all(_IKE.fullmatch(match[2]) for match in proposals), [
        match[2] for match in proposals if not _IKE.fullmatch(match[2])
    ]
    assert len(proposals) > 100
    children = [words for outcome in every for words in said(outcome).values()]
    groups = {bool(read_keywords(words, Protocol.ESP)[0].of(TransformType.KE)) for words in children}
    assert (len(children) > 75, groups) == (True, {False, True})
