"""`pools` and `authorities` of swanctl.conf.

Source: swanctl.conf(5) of strongSwan 5.9.8, tried against `swanctl --list-pools` and the answers of `--load-pools` and
`--load-authorities`. `swanctl --load-all` stops at the first kind of object with a mistake, in the order secrets, authorities,
pools, connections: for one bad pool no connection is loaded.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from ipsecbot.model.supplies import AddressPool, Authority
from ipsecbot.parse.strongswan.config_selectors import read_prefix
from ipsecbot.parse.strongswan.identity import read_host
from ipsecbot.parse.strongswan.notes import Notes
from ipsecbot.parse.strongswan.quantities import c_number, read_list, read_word32
from ipsecbot.parse.strongswan.sections import Section, Setting
from ipsecbot.parse.strongswan.values import Rules, Values

_ATTRIBUTES = ("address", "dns", "nbns", "dhcp", "netmask", "server", "subnet", "split_include", "split_exclude")
_AUTHORITY: Rules = (
    ("cacert", str),
    ("file", str),
    ("handle", str),
    ("slot", read_word32),
    ("module", str),
    ("cert_uri_base", str),
    ("crl_uris", read_list),
    ("ocsp_uris", read_list),
)
_LARGEST = 31  # bits of addresses that a pool counts; a larger network gives no more


def read_pools(root: Section, notes: Notes) -> tuple[AddressPool, ...]:
    """Every pool; one that charon refuses has problems, in its words, and each is a gap too."""
    pools = root.section("pools")
    return tuple(_pool(one, notes) for one in pools.sections) if pools else ()


def _pool(section: Section, notes: Notes) -> AddressPool:
    problems: list[str] = []
    attributes: list[tuple[str, tuple[str, ...]]] = []
    first: IPv4Address | IPv6Address | None = None
    size = 0
    for setting in section.settings:
        if setting.cleared:
            continue
        if setting.key == "addrs":
            first, size = _addresses(setting.value)
            problem = "" if first else f"invalid addrs value: {setting.value}"
        else:
            attributes.append((setting.key, read_list(setting.value)))
            problem = _wrong(setting)
        if problem:
            problems.append(problem)
            notes.gap(setting.source, problem)
    if section.setting("addrs") is None:
        problems.append(f"missing addrs for pool '{section.name}'")
        notes.gap(section.source, problems[-1])
    return AddressPool(section.name, first, size, tuple(attributes), tuple(problems), section.source)


def _addresses(text: str) -> tuple[IPv4Address | IPv6Address | None, int]:
    """`10.3.0.0/24` or `10.3.0.10-10.3.0.20`; of a network its own address and the last are left out."""
    low, dash, high = text.partition("-")
    if dash:
        start, end = read_host(low.rstrip(" ")), read_host(high.lstrip(" "))
        if start is not None and end is not None:
            return ip_address(start), int(ip_address(end)) - int(ip_address(start)) + 1
    host, slash, length = text.partition("/")
    base = read_host(host)
    if base is None:
        return None, 0
    address = ip_address(base)
    bits = read_prefix(length, address.max_prefixlen) if slash else address.max_prefixlen
    size = 1 << min(address.max_prefixlen - bits, _LARGEST)
    skipped = int(address) - int(ip_network(f"{address}/{bits}", strict=False).network_address)
    if size > 2:
        return address, size - (skipped or 1) - 1
    return address, size - (1 if skipped else 0)


def _wrong(setting: Setting) -> str:
    numbered = setting.key not in _ATTRIBUTES
    if numbered:
        return "" if c_number(setting.key, 10)[0] else f"invalid attribute: {setting.key}"
    known = all(read_host(one.partition("/")[0]) is not None for one in read_list(setting.value))
    return "" if known else f"invalid attribute value for {setting.key}"


def read_authorities(root: Section, notes: Notes) -> tuple[Authority, ...]:
    """Every authority. Whether its certificate can be read stands in no file."""
    authorities = root.section("authorities")
    return tuple(_authority(one, notes.of_connection()) for one in authorities.sections) if authorities else ()


def _authority(section: Section, notes: Notes) -> Authority:
    values = Values(section, _AUTHORITY, notes)
    unset: str | None = None
    certificate = values.get("cacert", unset) or values.get("file", unset) or values.get("handle", unset)
    problems = [why.replace("config discarded", "authority discarded") for why, _ in notes.problems]
    if certificate is None:
        problems.append(f"CA certificate missing: {section.name}")
        notes.gap(section.source, problems[-1])
    return Authority(
        name=section.name,
        certificate=certificate,
        crl_uris=values.get("crl_uris", ()),
        ocsp_uris=values.get("ocsp_uris", ()),
        certificate_base=values.get("cert_uri_base", unset),
        problems=tuple(problems),
        source=section.source,
    )
