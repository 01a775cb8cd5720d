"""Does the same evidence give the same sheet, and does a bundle betray every change to it?"""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime
from functools import partial

import pytest

from answerable.adapters.bundles import is_bundle, verify_bundle, write_bundle
from answerable.adapters.encryption import new_identity
from answerable.adapters.paper import paper
from answerable.authenticate.gathered import Evidence, from_plain, to_plain
from answerable.authenticate.sheet import sheet_of, told
from answerable.casefile.demand import Arrival, Demand
from answerable.casefile.encoding import sha512_hex
from answerable.casefile.evidence import Result, Section
from answerable.errors import VerificationFailed

NOW = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
MAIL = b"From: Court <post@court.example>\nTo: desk@forum.example\nSubject: order\n\nPlease see.\n"


@pytest.fixture(scope="module")
def evidence(forms, court, trust):
    content = paper(forms["lawful"], court)
    arrival = Arrival(
        received_at=NOW, channel="file", media_type="application/pdf", sha512=sha512_hex(content), size=len(content)
    )
    demand = Demand(instrument="eu.epoc", form=forms["lawful"], arrival=arrival)
    return Evidence(original=content, at=NOW, demand=demand, anchors=tuple(trust))


def test_a_sealed_order_has_facts_of_document_signer_issuer_and_coherence(evidence):
    sheet = sheet_of(evidence)
    assert {fact.section for fact in sheet.facts} == {
        Section.DOCUMENT, Section.SIGNER, Section.ISSUER, Section.COHERENCE,
    }  # fmt: skip
    assert not [fact for fact in sheet.contradicted if fact.section is Section.DOCUMENT]
    assert {fact.result for fact in sheet.of("D3")} == {Result.CONFIRMED}
    assert [fact.code[0] for fact in sheet.facts] == sorted(fact.code[0] for fact in sheet.facts)


def test_what_was_added_after_the_seal_speaks_against_it(evidence):
    import dataclasses

    changed = sheet_of(dataclasses.replace(evidence, original=evidence.original + b"\n% and more\n"))
    assert "D6" in {fact.code for fact in changed.contradicted}


def test_a_mail_has_facts_of_channel_and_domain_and_no_score(evidence):
    sheet = sheet_of(Evidence(original=MAIL, at=NOW))
    assert {Section.CHANNEL, Section.DOMAIN} <= {fact.section for fact in sheet.facts}
    lines = "\n".join(told(sheet))
    assert "does not show" in lines
    assert "score" not in lines


def test_evidence_comes_back_from_its_plain_form(evidence):
    plain, files = to_plain(evidence)
    assert from_plain(json.loads(json.dumps(plain)), files) == evidence


def test_a_bundle_derives_every_fact_again_and_is_the_same_each_time(evidence, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    for path in (one, two):
        write_bundle(path, evidence, sheet_of(evidence))
    assert one.read_bytes() == two.read_bytes()
    assert is_bundle(one)
    checks = verify_bundle(one)
    assert all(check.passed for check in checks)
    assert len(checks) == len(sheet_of(evidence).facts) + 3


def _changed(source, target, change):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            new.writestr(info.filename, change(info.filename, old.read(info)))


CHANGES = {
    "a fact": ("sheet.json", b'"result":"confirmed"', b'"result":"absent"'),
    "the moment": ("sheet.json", b"T09:42:00", b"T09:43:00"),
    "the versions": ("evidence.json", b'"versions":{', b'"versions":{"x":"1",'),
    "the file that is an anchor": ("evidence.json", b'"anchors":["', b'"crls_":[],"anchors":[],"ocsps_":["'),
    "a file": ("files/", b"%PDF-1.7", b"%PDF-1.6"),
}


def _altered(change, name, content):
    where, old, new = change
    return content.replace(old, new, 1) if name.startswith(where) else content


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_was_changed_in_a_bundle_is_named(evidence, tmp_path, change):
    write_bundle(tmp_path / "b", evidence, sheet_of(evidence))
    _changed(tmp_path / "b", tmp_path / "c", partial(_altered, change))
    assert (tmp_path / "b").read_bytes() != (tmp_path / "c").read_bytes()
    assert [check for check in verify_bundle(tmp_path / "c") if not check.passed]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"hello", b"PK\x03\x04" + b"evidence.json" * 9])
def test_what_is_no_bundle_is_refused(tmp_path, content):
    path = tmp_path / "b"
    path.write_bytes(content)
    with pytest.raises(VerificationFailed) as refused:
        verify_bundle(path)
    assert refused.value.code == "verify.no-bundle"


def test_a_bundle_that_lacks_a_file_is_refused(evidence, tmp_path):
    write_bundle(tmp_path / "b", evidence, sheet_of(evidence))
    with zipfile.ZipFile(tmp_path / "b") as old, zipfile.ZipFile(tmp_path / "c", "w") as new:
        for info in old.infolist()[:2]:
            new.writestr(info.filename, old.read(info))
    with pytest.raises(VerificationFailed):
        verify_bundle(tmp_path / "c")


def test_an_answer_is_no_bundle(tmp_path):
    path = tmp_path / "a"
    path.write_text(new_identity()[1])
    assert not is_bundle(path)
