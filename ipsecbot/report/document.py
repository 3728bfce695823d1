"""The JSON of a diagnosis, per diagnosis.schema.json (`ipsecbot.diagnosis/1`)."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from ipsecbot.model.evidence import Caution, Finding, Remedy, Source, Verdict
from ipsecbot.model.exchange import Exchange, Message
from ipsecbot.model.snapshot import Gap
from ipsecbot.model.tunnel import Diagnosis
from ipsecbot.report.choices import choices
from ipsecbot.report.configuration import configuration
from ipsecbot.report.decided import decided
from ipsecbot.report.state import state

SCHEMA = "ipsecbot.diagnosis/1"
_MOST_NAMED = 20


def to_json(diagnosis: Diagnosis) -> str:
    """The diagnosis as one JSON text, indented, ending in a newline."""
    return json.dumps(document(diagnosis), indent=2, ensure_ascii=False) + "\n"


def document(diagnosis: Diagnosis) -> dict[str, Any]:
    """The diagnosis as plain JSON values."""
    return {
        "schema": SCHEMA,
        "verdict": diagnosis.conclusion.value,
        "cause": diagnosis.cause,
        "attribute": diagnosis.attribute,
        "phase": diagnosis.phase.value if diagnosis.phase else None,
        "confidence": round(diagnosis.confidence, 3),
        "headline": diagnosis.headline,
        "tunnel": diagnosis.tunnel.name,
        "findings": [finding_document(finding) for finding in diagnosis.findings if finding.verdict is not Verdict.CLEARED],
        "exchanges": [_exchange(exchange, diagnosis) for exchange in diagnosis.tunnel.ladder.exchanges],
        "choices": [asdict(table) for table in choices(diagnosis.tunnel)],
        "missing": [{"device": missing.device, "what": missing.what, "why": missing.why} for missing in diagnosis.missing],
        "gaps": [gap_document(gap) for gap in diagnosis.gaps],
        "notes": list(diagnosis.notes),
        "state": state(diagnosis),
        "configuration": configuration(diagnosis),
        "hygiene": [caution_document(caution) for caution in diagnosis.cautions],
    }


def caution_document(caution: Caution) -> dict[str, Any]:
    """What works and is better changed."""
    return {
        "device": caution.device,
        "topic": caution.topic,
        "headline": caution.headline,
        "why": caution.why,
        "reference": caution.reference,
        "evidence": [evidence_document(source) for source in caution.evidence],
    }


def finding_document(finding: Finding) -> dict[str, Any]:
    """One finding. `only_from` (the side that has to start a one-way tunnel) and `shared_with` stand there where they say
    something."""
    return {
        "cause": finding.cause,
        "attribute": finding.attribute,
        "verdict": finding.verdict.value,
        "confidence": round(finding.confidence, 3),
        "headline": finding.headline,
        "change": finding.change.value if finding.change else None,
        "offered": finding.offered,
        "accepted": finding.accepted,
        "evidence": [evidence_document(source) for source in finding.evidence],
        "remedies": [
            {
                "device": remedy.device,
                "platform": remedy.platform,
                "lines": list(remedy.lines),
                "why": remedy.why,
                "verified": remedy.verified.value,
                **_shared_with(remedy),
            }
            for remedy in finding.remedies
        ],
        **({"only_from": finding.only_from.value} if finding.only_from is not None else {}),
    }


def _shared_with(remedy: Remedy) -> dict[str, Any]:
    """What else changes with it: a few names, and how many they are."""
    if not remedy.shared_with:
        return {}
    return {"shared_with": list(remedy.shared_with[:_MOST_NAMED]), "shared_with_count": len(remedy.shared_with)}


def evidence_document(source: Source) -> dict[str, Any]:
    """One line as it was read."""
    return {"device": source.device, "source": source.output, "line": source.first_line, "text": source.text}


def _exchange(exchange: Exchange, diagnosis: Diagnosis) -> dict[str, Any]:
    names = {message.name for message in exchange.messages}
    mine = [one for one in diagnosis.related if one.device == exchange.device and one.message in names]
    return {
        "ike_version": exchange.ike_version,
        "mode": exchange.kind.value,
        "role": exchange.role.value if exchange.role else None,
        "device": exchange.device,
        "local": exchange.local,
        "remote": exchange.remote,
        "messages": [_message(message) for message in exchange.messages],
        "reached": exchange.reached,
        "outcome": exchange.outcome.value,
        "related_config": [
            {"message": one.message, "lines": [evidence_document(line) for line in one.lines], "commands": list(one.commands)}
            for one in mine
        ],
        "decided": asdict(decided(exchange)),
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "name": message.name,
        "direction": message.direction.value,
        "at": message.at.isoformat() if message.at else None,
        "payloads": list(message.payloads),
        "lines": [source.first_line for source in message.sources],
        "times": message.times,
    }


def gap_document(gap: Gap) -> dict[str, Any]:
    """What was not understood, or could not be had."""
    return {"device": gap.device, "source": gap.output, "line": gap.line, "text": gap.text, "why": gap.why}
