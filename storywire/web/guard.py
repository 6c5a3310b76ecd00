"""Who may be connected to: hosts of the open internet, and nothing of the network this runs in.

A listed feed, a link in it or a redirect may name any host, and any name may resolve to any address. So
names are looked up here and nowhere else, every address is judged, and the connection goes to the very
address that was judged: an answer that changes between check and connect changes nothing.

Public is told by a list of what is known to be so, not of what is known not to be, where that can be:
of IPv6 only 2000::/3, all that was ever given out, and there, as of IPv4, what `ipaddress` holds to be
global; the blocks below are those that its releases disagree about or count as global. An address that
carries another inside (IPv4-mapped, 6to4, NAT64) is judged by the one it carries.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
Resolve = Callable[[str], Awaitable[list[str]]]

_GIVEN_OUT = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")
_NOT_PUBLIC: tuple[Network, ...] = tuple(
    ip_network(block)
    for block in (
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # the way into 6to4, withdrawn
        "2001::/23",  # protocol assignments, Teredo among them
        "3fff::/20",  # documentation
    )
)


class RefusedError(Exception):
    """The host is, or resolves to, an address that is not public; the message says which."""


class UnknownHostError(Exception):
    """The name has no address; `later` says whether asking again may help."""

    def __init__(self, message: str, *, later: bool) -> None:
        super().__init__(message)
        self.later = later


async def look_up(host: str) -> list[str]:
    """The addresses the system knows for a name, in its order of preference."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(place[0]) for *_, place in found]


class Guard:
    """Names to addresses that may be connected to.

    Args:
        allowed: Networks that are taken though they are not public: those of a test, or of a house whose own
            sites are listed.
        known: Names with a fixed address, as with `curl --resolve`; `*.test` stands for all names that end in
            `.test`. Their addresses are judged like any other.
        resolve: Looks up a name.
    """

    def __init__(
        self, allowed: Iterable[Network] = (), known: Mapping[str, str] | None = None, *, resolve: Resolve = look_up
    ) -> None:
        self._allowed = tuple(allowed)
        self._known = {name.lower(): address for name, address in (known or {}).items()}
        self._resolve = resolve

    async def addresses(self, host: str) -> tuple[str, ...]:
        """The addresses of a host, all of them judged; a single one that is not public refuses the host.

        Asked anew for every connection, and nothing is remembered: who answers with a public and a private
        address together, or with one after the other, gets no connection to the private one.

        Raises:
            RefusedError: The host may not be connected to.
            UnknownHostError: The name has no address.
        """
        if (literal := _literal(host)) is not None:
            found = [literal]
        elif (fixed := self._fixed(host)) is not None:
            found = [fixed]
        else:
            try:
                found = list(dict.fromkeys(await self._resolve(host)))
            except socket.gaierror as error:
                raise UnknownHostError(error.strerror or str(error), later=error.errno == socket.EAI_AGAIN) from None
            except (OSError, UnicodeError) as error:
                raise UnknownHostError(str(error), later=True) from None
        if not found:
            raise UnknownHostError("the name has no address", later=False)
        for address in found:
            if not self.permits(address):
                raise RefusedError(f"its address {address} is not public")
        return tuple(found)

    def permits(self, address: str) -> bool:
        """Whether an address may be connected to.

        >>> Guard().permits("8.8.8.8"), Guard().permits("::ffff:10.0.0.1")
        (True, False)
        """
        try:
            ip = ip_address(address)
        except ValueError:
            return False
        carried = _carried(ip)
        if any(one in network for network in self._allowed for one in (ip, carried)):
            return True
        return is_public(carried)

    def _fixed(self, host: str) -> str | None:
        if host in self._known or not self._known:
            return self._known.get(host)
        labels = host.split(".")
        endings = (".".join(labels[at:]) for at in range(1, len(labels)))
        return next((self._known[f"*.{ending}"] for ending in endings if f"*.{ending}" in self._known), None)


def is_public(ip: IPv4Address | IPv6Address) -> bool:
    """Whether an address, that carries no other, is a single host's on the open internet."""
    if isinstance(ip, IPv6Address) and ip not in _GIVEN_OUT:
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not any(ip in net for net in _NOT_PUBLIC)


def _carried(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 address stands for, or the address itself."""
    if isinstance(ip, IPv4Address):
        return ip
    if ip.sixtofour is not None:
        return ip.sixtofour
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip in _NAT64 or (ip in _COMPATIBLE and int(ip) > 0xFFFF):
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip


def _literal(host: str) -> str | None:
    """The address a host is written as, or None where it is a name.

    `2130706433`, `0x7f.1` and `0177.0.0.1` are addresses to the system's resolver, and to browsers. Nobody
    publishes under them, and one host under two spellings would be asked twice at a time: they are refused.
    """
    if ":" in host:
        try:
            return str(IPv6Address(host))
        except ValueError:
            raise RefusedError("it is no IPv6 address") from None
    last = host.rpartition(".")[2]
    if not (last.isdigit() or last.startswith("0x")):
        return None
    try:
        return str(IPv4Address(host))
    except ValueError:
        raise RefusedError("it is a number, but no IPv4 address in its usual form of four decimal numbers") from None
