"""Pre-shared keys and passwords: the `secrets` of swanctl.conf, and ipsec.secrets.

Secrets were replaced by `<secret:HEX12>` when they were collected; a secret in plain text gives a key that cannot be compared
and leaves no trace of itself. Sources: swanctl.conf(5) "secrets", ipsec.secrets(5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ipsecbot.model.evidence import Source
from ipsecbot.model.identity import IdType, Secret, SharedKey
from ipsecbot.parse.strongswan.files import ConfigFile, included, is_pattern, roots
from ipsecbot.parse.strongswan.identity import read_identity
from ipsecbot.parse.strongswan.notes import Notes
from ipsecbot.parse.strongswan.sections import Section
from ipsecbot.parse.strongswan.words import KEY_FILES, SECRETS

TOKEN = re.compile(r"<secret:([0-9a-f]+|unknown)>")
# Tokens of ipsec.secrets(5): the kinds that hold a key to compare, and those that name a file.
_KINDS: tuple[tuple[str, str], ...] = (("PSK", "psk"), ("EAP", "eap"), ("XAUTH", "xauth"), ("NTLM", "ntlm"))
UNKNOWN_KIND = "unknown"
_FILE_KINDS = ("RSA", "ECDSA", "BLISS", "PKCS8", "P12", "PIN")
_ENTRY = re.compile(r"^(?P<owners>.*?)(?:^|\s)\s*:\s*(?P<kind>[A-Za-z0-9]+)\b\s*(?P<secret>.*)$")
_OWNER = re.compile(r'"[^"]*"|\S+')
_COMMENT = re.compile(r"(?:^|\s)#(?!\S*>).*$")
_INCLUDE = re.compile(r"^\s*include\s+(\S+)\s*$")


def is_secret_line(line: str) -> bool:
    """Whether a line is an entry of ipsec.secrets (they are pasted below an ipsec.conf at times)."""
    match = _ENTRY.match(line.strip())
    return match is not None and match["kind"] in (*dict(_KINDS), *_FILE_KINDS)


def read_fingerprint(text: str) -> Secret:
    """The fingerprint in a value; one that was not fingerprinted cannot be compared."""
    match = TOKEN.search(text)
    return Secret(match[1] if match and match[1] != "unknown" else None)


def read_secrets_section(root: Section, notes: Notes) -> tuple[SharedKey, ...]:
    """The keys of swanctl.conf's `secrets` section."""
    secrets = root.section("secrets")
    return tuple(_sections(secrets, notes)) if secrets else ()


def _sections(secrets: Section, notes: Notes) -> Iterator[SharedKey]:
    for section in secrets.sections:
        kind = next((kind for prefix, kind in SECRETS if section.name.startswith(prefix)), None)
        secret = section.setting("secret")
        if kind is None:
            if not section.name.startswith(KEY_FILES):
                notes.gap(section.source, f"unknown kind of secret {section.name}")
            continue
        if secret is None:
            notes.gap(section.source, f"secret {section.name} has no value")
            continue
        owners = [setting.value for setting in section.settings if setting.key.startswith("id") and setting.value]
        key = SharedKey(read_fingerprint(secret.value), canonical_owners(owners), kind=kind, source=secret.source)
        yield replace(key, name=section.name)


def canonical_owners(words: list[str]) -> tuple[str, ...]:
    """Owners as canonical identities; `%any` beside others stays as a word, `%any` alone is for everybody."""
    identities = [read_identity(word) for word in words]
    if all(identity.type is IdType.ANY for identity in identities):
        return ()
    return tuple(dict.fromkeys(str(identity) for identity in identities))


def read_secrets_files(files: tuple[ConfigFile, ...], notes: Notes, *, strict: bool = False) -> tuple[SharedKey, ...]:
    """The keys of all ipsec.secrets files, included ones at their place.

    `strict`: as charon reads a file, which stops at its first mistake; what stands below it is not loaded, and not told. Text
    that is no file of a host (a paste, whose name is no path) is taken as it comes.
    """
    includes = ((file, match[1]) for file in files for line in file.lines if (match := _INCLUDE.match(line)))
    return tuple(key for file in roots(files, includes) for key in _entries(file, files, notes, depth=0, strict=strict))


def _entries(file: ConfigFile, files: tuple[ConfigFile, ...], notes: Notes, depth: int, *, strict: bool) -> Iterator[SharedKey]:
    for number, raw in enumerate(file.lines, 1):
        line = _COMMENT.sub("", raw).strip()
        if not line:
            continue
        source = Source(file.device, file.output.name, number, number, _harmless(line))
        if match := _INCLUDE.match(line):
            found = included(match[1], file, files) if depth < 10 else ()
            if not found and not is_pattern(match[1]):
                notes.gap(source, "no file that this line includes was read")
            for child in found:
                yield from _entries(child, files, notes, depth + 1, strict=strict)
        elif strict and file.path.is_absolute() and (mistake := _mistake(raw)):
            notes.gap(source, f"charon reads no further: line {number}: {mistake}")
            return
        elif key := read_secret_line(line, source, notes):
            yield key


def _mistake(raw: str) -> str | None:
    """Why charon stops at a line, in its own words. Around the `:` stand blanks, not tabs."""
    line = raw.rstrip("\r").lstrip(" \t")
    separated = line.startswith(": ") or " : " in line
    if not separated:
        return "missing ' : ' separator"
    rest = line[1:] if line.startswith(": ") else line.partition(" : ")[2]
    kind, blank, secret = rest.lstrip(" \t").replace("\t", " ").partition(" ")
    if not blank or kind.startswith("#"):
        return "missing token"
    if kind not in (*dict(_KINDS), *_FILE_KINDS):
        return "token must be either RSA, ECDSA, BLISS, PKCS8 P12, PIN, PSK, EAP, XAUTH or NTLM"
    secret = secret.lstrip(" \t")
    if kind in dict(_KINDS) and (not secret or secret.startswith("#")):
        return "malformed secret: missing secret"
    if kind in dict(_KINDS) and secret[0] in "'\"" and secret[0] not in secret[1:]:
        return "malformed secret: missing second delimiter"
    return None


def read_secret_line(line: str, source: Source, notes: Notes) -> SharedKey | None:
    """The key of one entry; None for a private key's file, and (with a gap) for a line that is no entry."""
    if TOKEN.fullmatch(line):  # what it is and whose stood before it
        notes.gap(source, "the beginning of this entry is missing")
        return SharedKey(read_fingerprint(line), kind=UNKNOWN_KIND, source=source)
    match = _ENTRY.match(line)
    kind = match["kind"].upper() if match else ""
    if match is None or kind not in (*dict(_KINDS), *_FILE_KINDS):
        notes.gap(source, "not an entry of ipsec.secrets")
        return None
    if kind in _FILE_KINDS:
        return None
    owners = [word.strip('"') for word in _OWNER.findall(match["owners"])]
    return SharedKey(read_fingerprint(match["secret"]), canonical_owners(owners), kind=dict(_KINDS)[kind], source=source)


def _harmless(line: str) -> str:
    """The line without what stands after its kind, in case a secret came in plain."""
    match = _ENTRY.match(line)
    if match is None or TOKEN.search(match["secret"]):
        return line
    return line[: match.start("secret")] + "<secret:unknown>"
