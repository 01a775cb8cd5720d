"""Does any altered paper of the reference project come out clean, and is any true one refused?"""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from answerable.authenticate.documents import Trust, document_facts
from answerable.casefile.evidence import Result

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus" / "signed-papers"
AT = datetime(2026, 11, 23, tzinfo=UTC)
ALTERED = ("CHANGES", "DIFFERENCE", "VISUAL", "modifications")
# The reference project calls these valid because a signature in them holds; each was altered around it, and says so.
ALTERED_ALL_THE_SAME = {
    "dss-xades/xsw__XSW-enveloped-fake-content-misplaced.xml": "the signed element was moved",
    "dss-xades/xsw__XSW-enveloped-fake-content.xml": "the signed element was moved",
    "dss-xades/xsw__disable-checks.xml": "valid only with the protection switched off",
    "dss-asic-cades/removedReference.asice": "a file was taken out",
    "dss-asic-cades/brokenReference.asice": "a file was exchanged",
    "dss-asic-cades/removed-doc.asice": "a file was taken out",
    "dss-asic-xades/multifiles-too-much-files.asics": "a file was added",
    "dss-asic-xades/onefile-too-much-files.asice": "a file was added",
    "dss-pades/modified_after_signature.pdf": "a mark was added",
    "dss-pades/malformed-pades.pdf": "its first bytes are lost",
}

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of signed papers is not beside this checkout")


def rows():
    if not CORPUS.exists():
        return []
    with (CORPUS / "EXPECTATIONS.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def is_altered(row):
    return (
        row["sample"] in ALTERED_ALL_THE_SAME
        or row["expect_signature"] in ("INVALID", "MIXED", "must be refused")
        or row["expect_modification"].endswith(ALTERED)
    )


def is_true(row):
    return not is_altered(row) and row["expect_signature"] in ("ALL_VALID", "valid at its own date")


def refused(examined):
    return [fact for fact in examined.facts if fact.result is Result.CONTRADICTED and fact.code.startswith("D")]


def examined(row):
    return document_facts((CORPUS / row["sample"]).read_bytes(), trust=Trust(), at=AT)


@pytest.mark.parametrize("row", [pytest.param(row, id=row["sample"]) for row in rows() if is_altered(row)])
def test_an_altered_paper_is_never_clean(row):
    assert not examined(row).whole


@pytest.mark.parametrize("row", [pytest.param(row, id=row["sample"]) for row in rows()])
def test_every_verdict_is_said_in_words_and_nobody_of_the_corpus_is_trusted(row):
    found = examined(row)
    assert {"D1", "D2"} <= {fact.code for fact in found.facts}
    assert all(len(fact.found) > 10 and fact.not_shown and fact.method for fact in found.facts)
    assert not any(signer.trusted for signer in found.signers)
    assert not any(fact.code == "E2" and fact.result is Result.CONFIRMED for fact in found.facts)


def test_nine_true_papers_of_ten_are_not_refused():
    true = [row for row in rows() if is_true(row)]
    wrongly = {row["sample"]: [(fact.code, fact.found) for fact in refused(examined(row))] for row in true}
    wrongly = {sample: why for sample, why in wrongly.items() if why}
    assert len(true) >= 25
    assert len(wrongly) <= len(true) // 10, wrongly


def test_most_true_papers_are_clean():
    true = [row for row in rows() if is_true(row)]
    assert sum(examined(row).whole for row in true) >= 0.6 * len(true)


@pytest.mark.parametrize(
    ("sample", "code"),
    [
        ("dss-pades/pdf-signed-added-page.pdf", "D5"),
        ("dss-pades/dss-2236__hide.pdf", "D5"),
        ("dss-pades/dss-2236__replace.pdf", "D5"),
        ("dss-pades/dss-2236__annotation-and-visible-change.pdf", "D5"),
        ("dss-pades/pades-signed-filled-form.pdf", "D5"),
        ("dss-pades/pdf-eof.pdf", "D4"),
        ("dss-pades/pdf-byterange-overlap.pdf", "D4"),
        ("dss-pades/pades-spoofing-replaced-reason.pdf", "D4"),
        ("dss-pades/pdf-spoofing-attack.pdf", "D2"),
        ("dss-pades/pdf-with-empty-sig.pdf", "D2"),
        ("dss-xades/xsw__XSW-enveloping-fake-object.xml", "D12"),
        ("dss-xades/xsw__XSW-enveloped-fake-content-two-same-id.xml", "D12"),
        ("dss-asic-xades/onefile-too-much-files.asice", "D11"),
        ("dss-asic-cades/brokenReference.asice", "D12"),
    ],
)
def test_an_attack_is_called_by_its_fact(sample, code):
    assert code in {fact.code for fact in refused(examined({"sample": sample}))}


def test_of_two_signatures_the_holding_one_is_not_hidden_by_the_other():
    found = examined({"sample": "dss-pades/pdf-byterange-overlap.pdf"})
    assert [fact.result for fact in found.facts if fact.code == "D3"] == [Result.CONFIRMED, Result.CONTRADICTED]
    assert [signer.holds for signer in found.signers] == [True, False]
