"""Is an archive opened that could harm, and is one that two readers see differently ever taken for one archive?"""

import io
import zipfile

import pytest
from tests.authenticate.conftest import archive_of

from answerable.authenticate.documents import archives
from answerable.authenticate.documents.archives import open_archive


def with_flag(content, flag):
    """Return an archive whose first entry bears `flag` in both places."""
    at = content.index(b"PK\x01\x02") + 8
    return content[:6] + flag.to_bytes(2, "little") + content[8:at] + flag.to_bytes(2, "little") + content[at + 2 :]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (with_flag(archive_of([("a", b"a")]), 1), "encrypted"),
        (archive_of([("a" * 600, b"a")]), "hides"),
        (archive_of([("a\u202eb", b"a")]), "hides"),
        (archive_of([("a//b", b"a")]), "hides"),
        (archive_of([("a:b", b"a")]), "hides"),
        (archive_of([("./a", b"a")]), "hides"),
        (b"PK\x03\x04" + b"x" * 100, "cannot be read"),
    ],
)
def test_an_archive_that_could_harm_is_not_opened(content, why):
    assert why in open_archive(content).fault


def test_an_archive_that_is_packed_in_another_way_is_not_opened():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a", b"a" * 100)
    assert "not read here" in open_archive(out.getvalue()).fault


def test_an_archive_that_unpacks_to_too_much_is_not_opened(monkeypatch):
    monkeypatch.setattr(archives, "_MOST_UNPACKED", 10)
    assert "unpacks to more" in open_archive(archive_of([("a", b"abcdefghijkl")])).fault


def test_an_archive_whose_header_states_another_size_is_odd():
    good = archive_of([("a", b"a" * 50)])
    assert "two sizes" in open_archive(good[:18] + b"\x01" + good[19:]).odd[0]
    assert open_archive(good).odd == []
    assert (
        open_archive(good.replace(b"PK\x03\x04", b"PK\x03\x05", 1)).odd
        or open_archive(good.replace(b"PK\x03\x04", b"PK\x03\x05", 1)).fault
    )


def test_bytes_between_entries_are_odd():
    good = archive_of([("a", b"a"), ("b", b"b")])
    second = good.index(b"PK\x03\x04", 4)
    spread = good[:second] + b"evil" + good[second:]
    assert open_archive(spread).fault or open_archive(spread).odd


def commented(comment):
    out = io.BytesIO(archive_of([("a", b"a")]))
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = comment
    return open_archive(out.getvalue())


def test_a_comment_is_words_that_are_shown_or_speaks_against_the_archive():
    """The signing programme of a whole State leaves its name there; nothing signs it, so it is said and not believed."""
    typed = commented(b"mimetype=application/vnd.etsi.asic-e+zip")
    assert (typed.odd, typed.comment) == ([], "")
    named = commented(b"LIB DigiDoc4j/4.0 format: application/vnd.etsi.asic-e+zip")
    assert (named.odd, named.comment) == ([], "LIB DigiDoc4j/4.0 format: application/vnd.etsi.asic-e+zip")
    more = commented(b"mimetype=application/vnd.etsi.asic-e+zip and some words")
    assert more.comment.endswith("and some words")
    for evil in (b"line\nline", b"\xff\xfe", b"x" * 1_001, b"PK\x05\x06" + b"\0" * 18):
        found = commented(evil)
        assert (found.odd or found.fault) and not found.comment


def test_an_archive_may_hold_much_and_pack_little_things_well():
    many = open_archive(archive_of([(f"{number}.txt", b"") for number in range(500)]))
    assert (many.fault, len(many.files)) == ("", 500)
    assert open_archive(archive_of([("zeros.txt", b"0" * 5_000_000)])).fault == ""
    assert "bomb" in open_archive(archive_of([("zeros.txt", b"0" * 50_000_000)])).fault
