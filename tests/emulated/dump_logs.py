"""Writes, for every emulated fault, what both routers say: `python tests/emulated/dump_logs.py FOLDER`.

FOLDER/<fault>/{hq,branch}/*.txt: running-config, debug of the whole negotiation, and every show command. For looking at, and
for trying parsers on; the simulation runs without SSH and without waiting.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from emulated_pairs import LEFT, RIGHT
from faults import FAULTS, Fault

from ipsecbot.lab.ios import show_ipsec, show_isakmp, show_session, show_system
from ipsecbot.lab.ios.by_hand import protected_pair
from ipsecbot.lab.ios.machine import Machine
from ipsecbot.lab.ios.router import Debug
from ipsecbot.lab.ios.world import World

STORY = timedelta(seconds=75)
SHOWS = {
    "show-running-config": show_system.running_config,
    "show-version": show_system.version,
    "show-ip-interface-brief": show_system.interface_brief,
    "show-crypto-isakmp-sa": show_isakmp.sa,
    "show-crypto-isakmp-sa-detail": show_isakmp.sa_detail,
    "show-crypto-isakmp-policy": show_isakmp.policy,
    "show-crypto-ipsec-sa": show_ipsec.sa,
    "show-crypto-ipsec-sa-detail": show_ipsec.sa_detail,
    "show-crypto-ipsec-transform-set": show_ipsec.transform_set,
    "show-crypto-map": show_ipsec.crypto_map,
    "show-crypto-session": show_session.session,
    "show-crypto-session-detail": show_session.session_detail,
    "show-crypto-ikev2-sa": show_session.ikev2_sa,
    "show-crypto-ikev2-sa-detailed": show_session.ikev2_sa_detail,
}


def played(fault: Fault, story: timedelta = STORY, seed: int = 1) -> tuple[Machine, Machine]:
    """Both routers after three pings and the time that the negotiation takes."""
    world = World(faults=fault.path, seed=seed)
    left, right = (Machine(name, text, world) for name, text in zip((LEFT, RIGHT), fault.configs, strict=True))
    for machine in (left, right):
        machine.router.debugs |= {Debug.ISAKMP, Debug.IPSEC, Debug.IKEV2}
    pair = protected_pair(left.router.config, right.router.config)
    if fault.trigger and pair:
        for _ in range(3):
            left.ipsec.ping(*pair, arrived=lambda: None)
            world.run(timedelta(seconds=2))
    world.run(story)
    return left, right


def dump(fault: Fault, folder: Path) -> None:
    for machine in played(fault):
        place = folder / fault.name / machine.router.name
        place.mkdir(parents=True, exist_ok=True)
        (place / "debug.txt").write_text("".join(f"{entry}\n" for entry in machine.router.log.entries), encoding="utf-8")
        for name, render in SHOWS.items():
            (place / f"{name}.txt").write_text(render(machine), encoding="utf-8")


if __name__ == "__main__":
    for known in FAULTS:
        dump(known, Path(sys.argv[1]))
    print(f"{len(FAULTS)} faults in {sys.argv[1]}")
