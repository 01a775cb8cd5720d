"""Can any office check a bag with common tools, and is every changed byte of it seen?"""

import hashlib
import io
import json
import shutil
import subprocess
import tarfile
from datetime import UTC, datetime
from itertools import pairwise

import bagit
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.adapters.sources.serialising import serialise
from answerable.adapters.verifying import PARQUET
from answerable.collect.scan import TARGET
from answerable.seal import Bag
from answerable.verify.answer import verify_answer

SEALED_AT = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
ROWS = b'{"answerable_target":1,"name":"Mara"}\n{"answerable_target":2,"name":"M\xc3\xa9ra"}\n'
PAYLOAD = [("data/001-forum.accounts.0001.jsonl", ROWS), ("data/001-forum.accounts.0002.jsonl", ROWS * 40)]
TAGS = {
    "meta/plan.json": json.dumps({"steps": [{"number": 1, "targets": [1, 2], "columns": [{"name": "name"}]}]}).encode(),
    "meta/readlog.jsonl": b'{"rows_returned":82,"step":1}\n',
}


def made(payload=PAYLOAD, tags=TAGS):
    """Return the bag, used up, and its tar."""
    bag = Bag(case="AN-2026-000001", sealed_at=SEALED_AT, payload=iter(payload), tags=lambda: tags)
    return bag, b"".join(bag.stream())


def unpacked(content, folder):
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        tar.extractall(folder, filter="data")
    return folder


@pytest.fixture
def folder(tmp_path):
    return unpacked(made()[1], tmp_path / "bag")


def test_a_bag_is_valid_for_a_library_not_ours(folder):
    bag = bagit.Bag(str(folder))
    bag.validate()
    assert bag.algorithms == ["sha512"]
    assert bag.info == {
        "Bagging-Date": "2026-11-23",
        "External-Identifier": "AN-2026-000001",
        "Payload-Oxum": f"{41 * len(ROWS)}.2",
        "Bagging-Software": "Answerable",
    }
    assert set(bag.payload_entries()) == {path for path, _ in PAYLOAD}


@pytest.mark.skipif(not shutil.which("sha512sum"), reason="sha512sum is not on this machine")
@pytest.mark.parametrize("manifest", ["manifest-sha512.txt", "tagmanifest-sha512.txt"])
def test_a_bag_is_valid_for_the_common_tool(folder, manifest):
    subprocess.run(["sha512sum", "--strict", "--quiet", "-c", manifest], cwd=folder, check=True)


@pytest.mark.parametrize(
    "path",
    ["data/001-forum.accounts.0001.jsonl", "meta/plan.json", "meta/README.txt", "bag-info.txt", "manifest-sha512.txt"],
)
def test_a_library_not_ours_sees_a_changed_a_missing_and_an_added_file(folder, path):
    original = (folder / path).read_bytes()
    for changed in (b"X" + original[1:], original + b"\n", None):
        (folder / path).unlink() if changed is None else (folder / path).write_bytes(changed)
        with pytest.raises(bagit.BagError):
            bagit.Bag(str(folder)).validate()
    (folder / path).write_bytes(original)
    bagit.Bag(str(folder)).validate()
    (folder / "data" / "more.jsonl").write_bytes(b"{}\n")
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(folder)).validate()


def test_the_tar_tells_nothing_of_the_machine_it_was_made_on():
    with tarfile.open(fileobj=io.BytesIO(made()[1])) as tar:
        members = tar.getmembers()
    assert [member.name for member in members[:2]] == [path for path, _ in PAYLOAD]
    assert members[-1].name == "tagmanifest-sha512.txt"
    for member in members:
        assert member.isreg()
        assert (member.uid, member.gid, member.uname, member.gname, member.mtime, member.mode) == (
            0,
            0,
            "",
            "",
            0,
            0o644,
        )


def test_the_digest_of_a_bag_is_that_of_its_tag_manifest(folder):
    bag, content = made()
    assert bag.manifest_sha512 == hashlib.sha512((folder / "tagmanifest-sha512.txt").read_bytes()).hexdigest()
    assert verify_answer(iter([content])).manifest_sha512 == bag.manifest_sha512


names = st.from_regex(r"data/[0-9]{3}-[a-z_]{1,12}\.[a-z_]{1,12}\.[0-9]{4}\.jsonl", fullmatch=True)
payloads = st.dictionaries(names, st.binary(min_size=1, max_size=1500), min_size=1, max_size=4)


@settings(max_examples=40, deadline=None)
@given(payloads)
def test_whatever_is_put_in_comes_out_and_the_same_parts_give_the_same_bytes(payload):
    bag, content = made(payload.items(), {})
    again, same = made(payload.items(), {})
    assert (content, bag.manifest_sha512) == (same, again.manifest_sha512)
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        files = {member.name: tar.extractfile(member).read() for member in tar}
    assert {path: files[path] for path in payload} == payload
    assert len(content) % 512 == 0


def test_tags_are_asked_for_once_the_payload_is_used_up():
    counted = []

    def payload():
        for path, content in PAYLOAD:
            counted.append(path)
            yield path, content

    bag = Bag(
        case="AN-2026-000001",
        sealed_at=SEALED_AT,
        payload=payload(),
        tags=lambda: {"meta/count.txt": b"%d" % len(counted)},
    )
    assert b"meta/count.txt" in b"".join(bag.stream())
    assert counted == [path for path, _ in PAYLOAD]


def is_accepted(content, bag):
    opened = verify_answer(iter([content]))
    return all(check.passed for check in opened.checks) and opened.manifest_sha512 == bag.manifest_sha512


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'{"answerable_target":2,', b'{"answerable_target":3,'),
        (b'{"answerable_target":2,', b"{"),
        (b'"name":"M\xc3\xa9ra"', b'"name":"x","phone":"1"'),
        (b'{"answerable_target":1,"name":"Mara"}', b'{"name":"Mara","answerable_target":1}'),
    ],
)
def test_a_record_of_another_identifier_or_with_other_columns_than_its_step_is_seen(old, new):
    bag, content = made(payload=[(path, rows.replace(old, new)) for path, rows in PAYLOAD])
    assert not is_accepted(content, bag)


@settings(max_examples=300, deadline=None)
@given(at=st.integers(0, len(made()[1]) - 1), bit=st.integers(0, 7))
def test_every_changed_bit_is_seen(at, bit):
    bag, content = made()
    assert is_accepted(content, bag)
    assert not is_accepted(content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :], bag)


@pytest.mark.parametrize("size", [0, 1, 511, 512, 1024, -1024, -512, -1])
def test_a_bag_that_was_cut_short_is_seen(size):
    bag, content = made()
    assert not is_accepted(content[:size], bag)


def test_a_file_that_was_left_out_or_put_in_twice_is_seen():
    bag, content = made()
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        starts = [member.offset for member in tar] + [len(content) - 1024]
    members = [content[start:end] for start, end in pairwise(starts)]
    assert b"".join(members) + b"\0" * 1024 == content
    for at in range(len(members)):
        assert not is_accepted(b"".join(members[:at] + members[at + 1 :]) + b"\0" * 1024, bag), at
        assert not is_accepted(b"".join([*members[: at + 1], *members[at:]]) + b"\0" * 1024, bag), at


def test_a_bag_that_goes_on_is_seen():
    bag, content = made()
    assert not is_accepted(content + b"\0", bag)
    assert not is_accepted(content[:-1024] + content, bag)


SEALED = {"seal/tagmanifest.tsr": b"a timestamp", "seal/absent.txt": b"No signature: it rained.\n"}


def test_what_attests_the_tag_manifest_is_made_of_it_and_stands_after_it(tmp_path):
    seen = []

    def attest(tag_manifest):
        seen.append(tag_manifest)
        return SEALED

    bag = Bag(case="AN-2026-000001", sealed_at=SEALED_AT, payload=iter(PAYLOAD), tags=lambda: TAGS, attest=attest)
    content = b"".join(bag.stream())
    folder = unpacked(content, tmp_path / "bag")
    bagit.Bag(str(folder)).validate()
    assert seen == [(folder / "tagmanifest-sha512.txt").read_bytes()]
    opened = verify_answer(iter([content]))
    assert (opened.seals, opened.tag_manifest) == (SEALED, seen[0])
    assert is_accepted(content, bag)


@pytest.mark.parametrize("path", ["seal/more.txt", "seal/tagmanifest.sig", "meta/late.json"])
def test_nothing_else_may_stand_outside_the_manifests(path):
    bag = Bag(
        case="AN-2026-000001",
        sealed_at=SEALED_AT,
        payload=iter(PAYLOAD),
        tags=lambda: TAGS,
        attest=lambda _: {path: b"x"},
    )
    assert not is_accepted(b"".join(bag.stream()), bag)


BATCH = pa.record_batch({TARGET: [1, 2, 2], "name": ["Mara", None, "=1+1"]})


@pytest.mark.parametrize("record_format", ["jsonl", "csv", "parquet"])
def test_records_of_every_format_are_checked_and_said(record_format):
    payload = [(f"data/001-forum.accounts.0001.{record_format}", serialise(BATCH, record_format))]
    tags = TAGS | {"meta/readlog.jsonl": b'{"rows_returned":3,"step":1}\n'}
    bag = Bag(
        case="AN-2026-000001",
        sealed_at=SEALED_AT,
        payload=iter(payload),
        tags=lambda: tags,
        record_format=record_format,
    )
    content = b"".join(bag.stream())
    assert all(check.passed for check in verify_answer(iter([content]), parquet=PARQUET).checks)
    checks = verify_answer(iter([content])).checks
    assert all(check.passed for check in checks) is (record_format != "parquet")
    assert {"jsonl": b"JSON", "csv": b"CSV", "parquet": b"Parquet"}[record_format] in content


def test_a_bag_without_records_is_valid_and_says_so(tmp_path):
    bag, content = made(payload=[], tags=TAGS | {"meta/readlog.jsonl": b""})
    folder = unpacked(content, tmp_path / "bag")
    bagit.Bag(str(folder)).validate()
    (only,) = (folder / "data").iterdir()
    assert b"No record" in only.read_bytes()
    assert is_accepted(content, bag)
