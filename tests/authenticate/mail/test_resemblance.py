"""Is what looks like a listed domain seen, and what does not left alone?"""

import pytest
from tests.authenticate.mail.mails import DIRECTORY

from answerable.authenticate.mail.domains import aligned, ascii_domain, has_listed_suffix, organisational, suffix
from answerable.authenticate.mail.resemblance import imitates, named_in, skeleton

LIKE = [
    "citypolice.com", "city-police.example", "citypolice.example.evil.example", "citypolic.example", "cityplice.example",
    "citypolcie.example", "xn--cityolice-o3h.example", "polizei-berlin.example", "police.uk.evil.example", "c0urt.example",
    "court-orders.test", "berlin.de", "district.court.test", "courtt.example",
]  # fmt: skip
UNLIKE = [
    "citypolice.example", "unit.citypolice.example", "fire.berlin.example", "met.police.uk", "harbour.example", "police.fr", "mail.example",
    "tribunal-paris.fr", "x.test", "example.com",
]  # fmt: skip


@pytest.mark.parametrize("domain", LIKE)
def test_what_looks_like_a_listed_domain_is_named_with_it(domain):
    assert any(listed in str(imitates(domain, DIRECTORY)) for listed in (*DIRECTORY, "scripts"))


@pytest.mark.parametrize("domain", UNLIKE)
def test_what_does_not_is_left_alone(domain):
    assert imitates(domain, DIRECTORY) is None


def test_several_scripts_in_one_word_are_seen_without_any_directory():
    assert "scripts" in str(imitates("xn--cityolice-o3h.example", {}))
    assert imitates("xn--wgv71a119e.example", {}) is None  # one Japanese word, in two scripts that go together


def test_what_a_state_gives_out_is_no_imitation_of_its_other_names():
    assert imitates("springfieldmo.gov", {"springfieldma.gov": ""}) is None
    assert imitates("springfieldmo.com", {"springfieldma.gov": ""})
    assert imitates("springfieldma.gov.evil.example", {"springfieldma.gov": ""})
    assert imitates("springfie1dma.gov", {"springfieldma.gov": ""})


def test_letters_that_look_alike_are_one():
    assert skeleton("Соurt") == skeleton("court") == skeleton("ＣＯＵＲＴ") == skeleton("cóurt")
    assert skeleton("modern") != skeleton("court")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Desk of citypolice.example", "citypolice.example"),
        ("the City-Police of  Example!", "citypolice.example"),
        ("notcitypolice.example", None),
        ("Jan Jansen", None),
        ("", None),
    ],
)
def test_a_name_that_shows_an_office_is_seen(text, found):
    assert named_in(text, DIRECTORY) == found


@pytest.mark.parametrize(
    ("domain", "owner"),
    [
        ("mail.citypolice.example", "citypolice.example"),
        ("a.b.met.police.uk", "met.police.uk"),
        ("police.uk", None),
        ("example", None),
        ("a.b.gov.zz", "b.gov.zz"),
        ("gov.zz", None),
        ("police.be", "police.be"),
        ("x.police.be", "police.be"),
        ("a.co.uk", "a.co.uk"),
        ("someone.github.io", "someone.github.io"),
    ],
)
def test_an_organisation_is_found_by_the_list(domain, owner):
    assert organisational(domain) == owner


def test_endings_on_no_list_are_known_as_such():
    assert has_listed_suffix("a.example.com")
    assert not has_listed_suffix("a.example")
    assert suffix("a.example") == "example"


def test_a_suffix_belongs_to_nobody_but_is_itself():
    assert aligned("police.uk", "police.uk")
    assert not aligned("police.uk", "met.police.uk")
    assert not aligned("a.police.uk", "b.police.uk")
    assert not aligned("mail.court.example", "court.example", strict=True)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "a",
        "a.",
        ".a",
        "a..b",
        "a b.c",
        "-a.b",
        "a-.b",
        "a.1",
        "a_b.c",
        "x" * 64 + ".a",
        "é." * 200 + "a",
        "a.b\n",
    ],
)
def test_what_cannot_be_registered_is_no_domain(name):
    assert ascii_domain(name) is None


def test_a_domain_has_one_writing():
    assert ascii_domain("Bücher.Example") == ascii_domain("xn--bcher-kva.example") == "xn--bcher-kva.example"
