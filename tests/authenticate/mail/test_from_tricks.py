"""Does no way of writing From ever prove an office that did not sign? Over the whole published list, signed and unsigned."""

import dkim
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.authenticate.mail.from_tricks import CITY, TRICKS, Trick
from tests.authenticate.mail.mails import AT, BODY, DIRECTORY, rsa_key, signed

from answerable.authenticate.mail import DnsAnswer, DnsRecords, OwnServers, mail_facts, questions
from answerable.casefile.evidence import Result

LISTED = DIRECTORY | {"command.example": "Command of Example"}
REST = b"To: orders@harbour.example\r\nSubject: Order 12\r\nDate: Mon, 23 Nov 2026 09:00:00 +0000\r\n"
CLAIMS = ("B3", "B4", "B5", "B7", "B11")
KEY = rsa_key(2048)[1]


def mails(lines):
    """Return the mails a forger can make of these lines: unsigned, signed by the forger, with a signature put on top."""
    plain = lines + REST + BODY
    made = [plain, REST + lines + BODY]
    own = signed(b"From: x@evil.example\r\n" + REST + BODY, domain=b"evil.example", lines=(b"from", b"to", b"subject"))
    made.append(own[: own.index(b"From: x@")] + plain)
    try:
        made.append(signed(plain, domain=b"evil.example", lines=(b"from", b"from", b"to", b"subject")))
        made.append(signed(plain, domain=b"evil.example", lines=(b"from", b"to", b"subject")))
    except (dkim.DKIMException, IndexError):
        pass  # lines that no signer takes
    return made


def forgers_dns(message):
    """Return what is answered where the forger's names, and no other, have the forger's key."""
    answers = []
    for name in questions(message):
        texts = (KEY,) if name.endswith("._domainkey.evil.example") else ()
        rule = ("v=DMARC1; p=reject",) if name == f"_dmarc.{CITY}" else ("v=DMARC1; p=none",)
        answers.append(DnsAnswer(name=name, texts=rule if name.startswith("_dmarc.") else texts))
    return DnsRecords(answers=tuple(answers))


def examine(message, records=None, servers=None):
    return mail_facts(
        message,
        records=records or forgers_dns(message),
        trusted_servers=servers,
        directory_domains=LISTED,
        at=AT,
    )


def results(examined):
    found = {}
    for fact in examined.facts:
        found.setdefault(fact.code, []).append(fact.result)
    return found


def assert_not_taken_for(examined, pretended):
    """Assert that nothing says that the mail came from the pretended office, or from any that is listed."""
    assert examined.proven_domain != pretended
    assert examined.proven_domain not in LISTED
    found = results(examined)
    assert Result.CONFIRMED not in found["B7"]
    if not f".{examined.from_domain}".endswith(".evil.example"):
        assert all(Result.CONFIRMED not in found[code] for code in CLAIMS)


def test_the_list_is_long_and_its_names_are_its_own():
    assert len(TRICKS) >= 100
    assert len({trick.name for trick in TRICKS}) == len(TRICKS)


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.name)
def test_no_trick_proves_whom_it_pretends(trick: Trick):
    for message in mails(trick.lines):
        examined = examine(message)
        assert_not_taken_for(examined, trick.pretends)


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.name)
def test_each_trick_is_given_away_by_the_fact_that_is_listed(trick: Trick):
    for message in mails(trick.lines):
        found = results(examine(message))[trick.gives_away]
        if trick.gives_away == "B3":
            assert Result.CONFIRMED not in found or str(examine(message).from_domain).endswith("evil.example")
        else:
            assert found == [Result.CONTRADICTED], message


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.name)
def test_a_true_signed_mail_is_not_made_to_say_it_by_adding_lines(trick: Trick):
    """Whoever intercepts a true mail of one office, and adds these lines above or below its own, gains nothing."""
    true = signed(
        b"From: a@court.example\r\n" + REST + BODY, domain=b"court.example", lines=(b"from", b"to", b"subject", b"date")
    )
    records = DnsRecords(answers=(DnsAnswer(name="s1._domainkey.court.example", texts=(KEY,)),))
    for message in (trick.lines + true, true.replace(b"\r\n\r\n", b"\r\n" + trick.lines + b"\r\n", 1)):
        examined = examine(message, records)
        assert examined.proven_domain in (None, "court.example")
        assert trick.pretends == "court.example" or examined.proven_domain != trick.pretends


ODD_DOMAINS = [
    b"citypolice.example(.evil.example",
    b'citypolice.example"@evil.example',
    b"citypolice.example'@a.evil.example",
    b"citypolice.example\x00.evil.example",
    b"citypolice.example,evil.example",
    b"citypolice.example evil.example",
    b".citypolice.example",
    b"citypolice.example.",
    b"citypolice..example",
    b"example",
    b"",
    b"\xff.evil.example",
    b"evil.example/citypolice.example",
]


@pytest.mark.parametrize("domain", ODD_DOMAINS)
@pytest.mark.parametrize("selector", [b"s1", b"s1._domainkey.evil.example.\x00", b"x.evil.example", b"a b", b""])
def test_no_name_in_a_signature_proves_another_domain(domain, selector):
    message = b"From: chief@citypolice.example\r\n" + REST + BODY
    line = signed(message, domain=b"evil.example").removesuffix(message)
    odd = line.replace(b"d=evil.example", b"d=" + domain).replace(b"s=s1", b"s=" + selector) + message
    name = (selector + b"._domainkey." + domain).decode("latin-1").lower()
    everything = (name, name.rstrip("."), name.partition("\0")[0])
    records = DnsRecords(answers=tuple(DnsAnswer(name=each, texts=(KEY,)) for each in everything))
    assert_not_taken_for(examine(odd, records), CITY)


def test_an_identity_is_no_domain():
    message = b"From: chief@citypolice.example\r\n" + REST + BODY
    line = signed(message, domain=b"evil.example").removesuffix(message)
    assert_not_taken_for(examine(line.replace(b"i=@evil.example", b"i=@citypolice.example") + message), CITY)


OURS = OwnServers(results_by="mx.harbour.example", hops=("mx.harbour.example",))
RECEIVED = b"Received: from evil.example (evil.example [192.0.2.9]) by mx.harbour.example with ESMTPS id 1\r\n"
PASS = b"Authentication-Results: mx.harbour.example; spf=pass smtp.mailfrom=citypolice.example; dkim=pass header.d=citypolice.example; dmarc=pass header.from=citypolice.example\r\n"
FROM = b"From: chief@citypolice.example\r\n"

FORGED_RESULTS = [
    ("below our line", RECEIVED + PASS),
    ("below our line and before one that names us", RECEIVED + PASS + RECEIVED),
    ("on top, without our line", PASS),
    ("on top, with a line of another server", PASS + RECEIVED.replace(b"by mx.harbour", b"by mx.evil")),
    ("our name in capitals", RECEIVED + PASS.replace(b"mx.harbour", b"MX.Harbour")),
    ("our name in quotes", RECEIVED + PASS.replace(b"mx.harbour.example", b'"mx.harbour.example"')),
    ("a comment before our name", RECEIVED + PASS.replace(b"mx.harbour", b"(hello) mx.harbour")),
    ("a version after our name", RECEIVED + PASS.replace(b"mx.harbour.example;", b"mx.harbour.example 1;")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "lines"), FORGED_RESULTS, ids=lambda value: value if isinstance(value, str) else "")
def test_results_that_the_sender_wrote_are_reported_and_not_believed(name, lines):
    found = results(examine(lines + FROM + REST + BODY, servers=OURS))
    assert found["A4"] == [Result.CONTRADICTED]
    assert found["B5"] in ([Result.ABSENT], [Result.NOT_CHECKED])
    assert found["B4"] == [Result.CONTRADICTED]


@pytest.mark.parametrize(
    "value",
    [
        b"citypolice.example(.evil.example",
        b'citypolice.example"@evil.example',
        b'"x@citypolice.example"@evil.example',
        b"@citypolice.example,@evil.example:x@evil.example",
        b"citypolice.example@evil.example",
        b"x@citypolice.example@evil.example",
        b"citypolice.example\x00.evil.example",
        b"evil.example (smtp.mailfrom=citypolice.example)",
        b"evil.example smtp.mailfrom=citypolice.example(",
        b"x@evil.example; spf=pass smtp.mailfrom=citypolice.example",
    ],
)
def test_what_a_sender_puts_into_our_own_results_proves_nothing(value):
    own = b"Authentication-Results: mx.harbour.example; spf=pass smtp.mailfrom=" + value + b"\r\n"
    examined = examine(own + RECEIVED + FROM + REST + BODY, servers=OURS)
    assert results(examined)["B5"] != [Result.CONFIRMED]
    assert_not_taken_for(examined, CITY)


@pytest.mark.parametrize(
    ("written", "result"),
    [
        (b"spf=pass (ok) smtp.mailfrom=desk@citypolice.example", Result.CONFIRMED),
        (b"spf=pass smtp.mailfrom=citypolice.example", Result.CONFIRMED),
        (b"spf=pass smtp.mailfrom=bounce.citypolice.example", Result.CONFIRMED),
        (b"spf=pass smtp.mailfrom=evil.example", Result.ABSENT),
        (b"spf=fail smtp.mailfrom=citypolice.example", Result.CONTRADICTED),
        (b"spf=softfail smtp.mailfrom=citypolice.example", Result.CONTRADICTED),
        (b"spf=temperror smtp.mailfrom=citypolice.example", Result.NOT_CHECKED),
        (b"dkim=pass header.d=citypolice.example", Result.ABSENT),
        (b"none", Result.ABSENT),
    ],
)
def test_what_our_own_server_found_is_shown_as_its_word(written, result):
    own = b"Authentication-Results: mx.harbour.example; " + written + b"\r\n"
    examined = examine(own + RECEIVED + FROM + REST + BODY, servers=OURS)
    found = results(examined)
    assert (found["A3"], found["A4"], found["A5"]) == ([Result.CONFIRMED],) * 3
    assert found["B5"] == [result]
    assert examined.proven_domain is None
    assert found["B4"] != [Result.CONFIRMED]


def test_a_path_of_two_is_followed_as_it_is_named_and_no_further():
    servers = OwnServers(results_by="mx.harbour.example", hops=("box.harbour.example", "mx.harbour.example"))
    box = b"Received: from mx.harbour.example by box.harbour.example with LMTP\r\n"
    own = b"Authentication-Results: mx.harbour.example; spf=pass smtp.mailfrom=citypolice.example\r\n"
    rest = FROM + REST + BODY
    assert results(examine(box + own + RECEIVED + rest, servers=servers))["B5"] == [Result.CONFIRMED]
    assert results(examine(box + RECEIVED + own + RECEIVED + rest, servers=servers))["B5"] == [Result.ABSENT]
    assert results(examine(RECEIVED + own + RECEIVED + rest, servers=servers))["A3"] == [Result.CONTRADICTED]


def test_without_servers_of_our_own_nothing_on_top_is_ours():
    found = results(examine(PASS + RECEIVED + FROM + REST + BODY, servers=None))
    assert [found[code] for code in ("A3", "A4", "A5", "B5")] == [[Result.NOT_CHECKED]] * 4


@pytest.mark.parametrize(
    "value",
    [
        b"Jan Jansen <desk@citypolice.example>",
        b'"Jansen, Jan" <desk@citypolice.example>',
        b"J. Jansen <desk@citypolice.example>",
        b"desk@citypolice.example",
        b"desk@citypolice.example (Jan Jansen)",
        b'"desk@citypolice.example" <desk@citypolice.example>',
        b"=?utf-8?q?Ren=C3=A9_M=C3=BCller?= <desk@citypolice.example>",
        "René Müller <desk@citypolice.example>".encode(),
        b"City Police of Example <desk@citypolice.example>",
        b'"City Police of Example" <desk@citypolice.example>',
        b'"jan.jansen"@citypolice.example',
        b"<desk@citypolice.example>",
        b"Jan (Desk 4) Jansen <desk@CityPolice.example>",
    ],
)
def test_true_mail_as_offices_write_it_is_not_refused(value):
    message = signed(b"From: " + value + b"\r\n" + REST + BODY, lines=(b"from", b"from", b"to", b"subject", b"date"))
    records = DnsRecords(
        answers=(
            DnsAnswer(name="s1._domainkey.citypolice.example", texts=(KEY,)),
            DnsAnswer(name="_dmarc.citypolice.example", texts=("v=DMARC1; p=reject",)),
        )
    )
    examined = examine(message, records)
    assert [fact.code for fact in examined.facts if fact.result is Result.CONTRADICTED] == []
    assert examined.proven_domain == CITY


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [b"chief", b"@", b"citypolice.example", b"evil.example", b"<", b">", b'"', b",", b" ", b"(", b")", b":", b";",
             b"\\", b".", b"\0", b"\r", b"\r\n ", b"\r\nFrom: ", b"=?utf-8?q?", b"?=", b"\xff", b"%", "а".encode()]
        ),
        max_size=14,
    )
)  # fmt: skip
def test_no_line_made_of_the_pieces_of_tricks_proves_a_listed_domain(pieces):
    lines = b"From: " + b"".join(pieces) + b"\r\n"
    for message in mails(lines):
        assert_not_taken_for(examine(message), CITY)
