"""What does the DNS say of these names? Asked once, with time-outs, and kept as it came; offline, nothing is asked."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import dns.exception
import dns.rdatatype
import dns.resolver

from answerable.authenticate.mail import DnsAnswer, DnsRecords

_OFFLINE = "this desk asks no DNS"
_LONGEST = 8_000


@dataclass(frozen=True, slots=True)
class NameServers:
    """Which resolvers are asked, and for how many seconds: for one name, and for all names of a mail together.

    Without addresses those of this machine are asked.
    """

    addresses: tuple[str, ...] = ()
    port: int = 53
    seconds_a_name: float = 5.0
    seconds_in_all: float = 30.0


def gather(names: Iterable[str], servers: NameServers, *, at: datetime) -> DnsRecords:
    """Return the TXT records of `names`, of each why there is none. `at` is noted as the moment of asking."""
    try:
        resolver = _resolver(servers)
    except dns.exception.DNSException as fault:
        return _unanswered(names, f"no resolver is configured ({type(fault).__name__})", at=at)
    ends = time.monotonic() + servers.seconds_in_all
    return DnsRecords(answers=tuple(_ask(resolver, name, ends) for name in names), asked_at=at)


def offline(names: Iterable[str], *, at: datetime) -> DnsRecords:
    """Return, for each name, that it was not asked: a desk without a network says so in its facts."""
    return _unanswered(names, _OFFLINE, at=at)


def _unanswered(names: Iterable[str], why: str, *, at: datetime) -> DnsRecords:
    return DnsRecords(answers=tuple(DnsAnswer(name=name, failure=why) for name in names), asked_at=at)


def _resolver(servers: NameServers) -> dns.resolver.Resolver:
    resolver = dns.resolver.Resolver(configure=not servers.addresses)
    if servers.addresses:
        resolver.nameservers = list(servers.addresses)
        resolver.port = servers.port
    resolver.timeout = servers.seconds_a_name
    return resolver


def _ask(resolver: dns.resolver.Resolver, name: str, ends: float) -> DnsAnswer:
    left = min(resolver.timeout, ends - time.monotonic())
    if left <= 0:
        return DnsAnswer(name=name, failure="the time for all questions was over")
    try:
        answer = resolver.resolve(name + ".", dns.rdatatype.TXT, lifetime=left, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return DnsAnswer(name=name)
    except dns.exception.Timeout:
        return DnsAnswer(name=name, failure="the name server did not answer in time")
    except (dns.exception.DNSException, OSError) as fault:
        return DnsAnswer(name=name, failure=f"the name server did not answer ({type(fault).__name__})")
    texts = tuple(b"".join(record.strings).decode("latin-1")[:_LONGEST] for record in answer)
    return DnsAnswer(name=name, texts=tuple(sorted(texts)))
