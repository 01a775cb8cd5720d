"""Did the mail leave the domain that From names, and is that a domain we know? Facts B."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from answerable.authenticate.mail.address import Mailbox, Unclear, read_mailbox
from answerable.authenticate.mail.chain import Chain
from answerable.authenticate.mail.codes import Pen
from answerable.authenticate.mail.dmarc import Policy, find_policy
from answerable.authenticate.mail.domains import aligned, has_listed_suffix, shown
from answerable.authenticate.mail.own_server import OwnWords, domain_of
from answerable.authenticate.mail.records import DnsAnswer, DnsRecords
from answerable.authenticate.mail.resemblance import imitates, named_in, unlisted_script
from answerable.authenticate.mail.signatures import SEEN, Signature
from answerable.casefile.evidence import Fact, Result
from answerable.casefile.mail import Message

_NO_SENDER = "From names no one sender, so there is nothing to compare."


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that facts B rest on: the mail, its one author or why there is none, and what was checked of it."""

    message: Message
    author: Mailbox | Unclear | None
    signatures: tuple[Signature, ...]
    chain: Chain
    records: DnsRecords
    words: OwnWords | None
    directory: Mapping[str, str]

    @property
    def policy(self) -> Policy | DnsAnswer | None:
        """The DMARC policy for the author's domain, the answer that left it without one, or None without an author."""
        return find_policy(self.author.domain, self.records) if isinstance(self.author, Mailbox) else None

    @property
    def own_signatures(self) -> tuple[Signature, ...]:
        """The signatures that name the domain of From, whether they hold or not."""
        if not isinstance(self.author, Mailbox):
            return ()
        domain, policy = self.author.domain, self.policy
        strict = isinstance(policy, Policy) and policy.is_strict
        return tuple(each for each in self.signatures if aligned(each.domain, domain, strict=strict))

    @property
    def proof(self) -> Signature | None:
        """The first signature by the domain of From that holds."""
        return next((each for each in self.own_signatures if each.result is Result.CONFIRMED), None)


def domain_facts(seen: Gathered, pen: Pen) -> tuple[Fact, ...]:
    """Return facts B1 to B11; B2 once for each signature."""
    return (
        _sender(seen, pen),
        *_signatures(seen, pen),
        _aligned(seen, pen),
        _policy(seen, pen),
        _permitted(seen, pen),
        pen.fact("B6", seen.chain.result, seen.chain.found),
        _listed(seen, pen),
        _imitation(seen, pen),
        _name(seen, pen),
        _answers(seen, pen),
        _covered(seen, pen),
    )


def _sender(seen: Gathered, pen: Pen) -> Fact:
    if seen.message.crossed and not seen.message.header.fields:
        return pen.fact("B1", Result.NOT_CHECKED, f"{seen.message.crossed} Its header was not read.")
    if seen.author is None:
        return pen.fact("B1", Result.ABSENT, "There is no From.")
    if isinstance(seen.author, Unclear):
        return pen.fact("B1", Result.CONTRADICTED, seen.author.why)
    domain = seen.author.domain
    also = f", shown as {shown(domain)}" if shown(domain) != domain else ""
    ending = "" if has_listed_suffix(domain) else " Its ending is on no list of endings."
    return pen.fact("B1", Result.CONFIRMED, f"The domain is {domain}{also}.{ending}")


def _signatures(seen: Gathered, pen: Pen) -> tuple[Fact, ...]:
    if not seen.signatures:
        if not seen.message.header.fields:
            return (pen.fact("B2", Result.NOT_CHECKED, "No header was read."),)
        return (pen.fact("B2", Result.ABSENT, "No domain signed it."),)
    return tuple(
        pen.fact("B2", each.result, each.found, subject=f"{each.number}: {each.selector} of {each.domain}")
        for each in seen.signatures
    )


def _aligned(seen: Gathered, pen: Pen) -> Fact:
    if not isinstance(seen.author, Mailbox):
        return pen.fact("B3", Result.NOT_CHECKED, _NO_SENDER)
    proof = seen.proof
    if proof:
        return pen.fact("B3", Result.CONFIRMED, f"Signature {proof.number}, of {proof.domain}, holds.")
    for result in (Result.CONTRADICTED, Result.NOT_CHECKED):
        failed = next((each for each in seen.own_signatures if each.result is result), None)
        if failed:
            return pen.fact("B3", result, f"Signature {failed.number}, of {failed.domain}: {failed.found}")
    others = sorted({each.domain for each in seen.signatures if each.result is Result.CONFIRMED})
    if others:
        why = f"Signed by {', '.join(others)}, not by {seen.author.domain}."
        return pen.fact("B3", Result.ABSENT, why)
    return pen.fact("B3", Result.ABSENT, f"No signature names {seen.author.domain}.")


def _policy(seen: Gathered, pen: Pen) -> Fact:
    policy = seen.policy
    if policy is None:
        return pen.fact("B4", Result.NOT_CHECKED, _NO_SENDER)
    if isinstance(policy, DnsAnswer):
        if policy.failure:
            return pen.fact("B4", Result.NOT_CHECKED, f"{policy.name} could not be looked up: {policy.failure}.")
        why = "what stands there is no rule" if policy.texts else "nothing stands there"
        return pen.fact("B4", Result.ABSENT, f"{policy.name}: {why}.", evidence=policy.model_dump_json())
    said = f"{policy.name} asks {policy.in_words} for mail that is not the domain's."
    if seen.proof:
        return pen.fact("B4", Result.CONFIRMED, f"{said} The signature keeps it.", evidence=policy.text)
    if any(each.result is Result.NOT_CHECKED for each in seen.own_signatures):
        why = f"{said} Its signature could not be checked."
        return pen.fact("B4", Result.NOT_CHECKED, why, evidence=policy.text)
    if _permitted(seen, pen).result is Result.CONFIRMED:
        why = f"{said} Only the sending server is permitted (B5): our own server found that, it is not checked here."
        return pen.fact("B4", Result.NOT_CHECKED, why, evidence=policy.text)
    return pen.fact("B4", Result.CONTRADICTED, f"{said} This one does not keep it.", evidence=policy.text)


def _permitted(seen: Gathered, pen: Pen) -> Fact:
    if seen.words is None or not seen.words.took_in:
        return pen.fact("B5", Result.NOT_CHECKED, "Our own server did not take it in, and nobody else is believed.")
    if not isinstance(seen.author, Mailbox):
        return pen.fact("B5", Result.NOT_CHECKED, _NO_SENDER)
    if not seen.words.is_readable:
        return pen.fact("B5", Result.NOT_CHECKED, "What our own server wrote cannot be read in one way.")
    written = seen.words.of("spf")
    if written is None:
        return pen.fact("B5", Result.ABSENT, "Our own server wrote no result, or more than one.")
    result, properties = written
    domain = domain_of(properties.get("smtp.mailfrom", ""))
    if result == "pass":
        if domain and aligned(domain, seen.author.domain):
            return pen.fact("B5", Result.CONFIRMED, f"Our server wrote: spf=pass for {domain}.")
        return pen.fact(
            "B5", Result.ABSENT, f"spf=pass is for {domain or 'no plain domain'}, not for the domain of From."
        )
    if result in ("fail", "softfail"):
        return pen.fact("B5", Result.CONTRADICTED, f"Our server wrote: spf={result} for {domain or 'no plain domain'}.")
    return pen.fact("B5", Result.NOT_CHECKED, f"Our server wrote: spf={result}.")


def _listed(seen: Gathered, pen: Pen) -> Fact:
    if not isinstance(seen.author, Mailbox):
        return pen.fact("B7", Result.NOT_CHECKED, _NO_SENDER)
    domain = seen.author.domain
    office = seen.directory.get(domain)
    if office is not None:
        if seen.proof:
            return pen.fact("B7", Result.CONFIRMED, f"{domain} is listed{f' for {office}' if office else ''}.")
        return pen.fact("B7", Result.NOT_CHECKED, f"{domain} is listed, but nothing proves that the mail left it.")
    above = next((listed for listed in seen.directory if domain.endswith("." + listed)), None)
    under = f" It stands under {above}, which is." if above else ""
    return pen.fact("B7", Result.ABSENT, f"{domain} is not listed.{under}")


def _imitation(seen: Gathered, pen: Pen) -> Fact:
    if not isinstance(seen.author, Mailbox):
        return pen.fact("B8", Result.NOT_CHECKED, _NO_SENDER)
    domain = seen.author.domain
    if not seen.directory:
        return pen.fact("B8", Result.NOT_CHECKED, "The directory lists no domain.")
    if domain in seen.directory:
        return pen.fact("B8", Result.CONFIRMED, f"{domain} is itself listed.")
    how = imitates(domain, seen.directory)
    local = named_in(seen.author.local, seen.directory)
    if how or local:
        found = f"{domain}: {how}." if how else f"What stands before the @ shows {local}, a listed domain."
        return pen.fact("B8", Result.CONTRADICTED, found)
    if unlisted_script(domain):
        return pen.fact("B8", Result.NOT_CHECKED, f"{shown(domain)} is written in letters that are not compared.")
    return pen.fact("B8", Result.CONFIRMED, f"{domain} was laid beside {len(seen.directory)} domains.")


def _name(seen: Gathered, pen: Pen) -> Fact:
    if not isinstance(seen.author, Mailbox):
        return pen.fact("B9", Result.NOT_CHECKED, _NO_SENDER)
    name, domain = seen.author.name, seen.author.domain
    if not name:
        return pen.fact("B9", Result.ABSENT, "No name stands beside the address.")
    if not all(each.isprintable() for each in name) or "=?" in name or "<" in name:
        return pen.fact("B9", Result.CONTRADICTED, "It holds signs that are not seen, or that look like an address.")
    if "@" in name and name.strip(" '()").lower() != seen.author.address.lower():
        return pen.fact("B9", Result.CONTRADICTED, "It shows another address than the one it stands beside.")
    claimed = named_in(name, seen.directory)
    same_office = claimed and (claimed == domain or seen.directory[claimed] == seen.directory.get(domain))
    if claimed and not same_office and not domain.endswith("." + claimed):
        return pen.fact("B9", Result.CONTRADICTED, f"It shows {claimed} or its office; the address is of {domain}.")
    return pen.fact("B9", Result.CONFIRMED, "It shows no other address and no other listed office.")


def _answers(seen: Gathered, pen: Pen) -> Fact:
    if not isinstance(seen.author, Mailbox):
        return pen.fact("B10", Result.NOT_CHECKED, _NO_SENDER)
    lines = [field for name in ("reply-to", "sender") for field in seen.message.header.all(name)]
    if not lines:
        return pen.fact("B10", Result.ABSENT, "It names no other address for answers and no other sender.")
    for field in lines:
        other = read_mailbox(field.raw)
        if isinstance(other, Unclear):
            return pen.fact("B10", Result.CONTRADICTED, f"{field.name}: {other.why}")
        if not aligned(other.domain, seen.author.domain):
            return pen.fact(
                "B10", Result.CONTRADICTED, f"{field.name} is of {other.domain}, From of {seen.author.domain}."
            )
    return pen.fact("B10", Result.CONFIRMED, f"{', '.join(field.name for field in lines)}: of the domain of From.")


def _covered(seen: Gathered, pen: Pen) -> Fact:
    proof, header = seen.proof, seen.message.header
    if proof is None:
        return pen.fact("B11", Result.NOT_CHECKED, "No signature by the domain of From holds.")
    doubled = [name for name in SEEN if 0 < proof.signed.count(name) < len(header.all(name))]
    if doubled:
        return pen.fact(
            "B11", Result.CONTRADICTED, f"Lines stand there that were added after signing: {', '.join(doubled)}."
        )
    unsigned = [name for name in SEEN if header.all(name) and name not in proof.signed]
    if unsigned:
        return pen.fact(
            "B11", Result.ABSENT, f"Not signed, so anybody on the way could write them: {', '.join(unsigned)}."
        )
    return pen.fact(
        "B11", Result.CONFIRMED, f"Signature {proof.number} is over every line that is shown, and the body."
    )
