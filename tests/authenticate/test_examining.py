"""Is a true order seen to be true, and does no forged or overreaching one ever reach the stores?"""

import csv
import io
import logging
import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from asn1crypto import pem, x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers

from answerable.adapters.paper import paper
from answerable.adapters.signing import make_authority
from answerable.assess import assess
from answerable.authenticate import examining
from answerable.authenticate.examining import authenticate
from answerable.casefile.categories import DataClass
from answerable.casefile.decision import DecisionKind
from answerable.casefile.demand import Arrival, Demand
from answerable.casefile.encoding import sha512_hex
from answerable.casefile.finding import Outcome
from answerable.casefile.route import CaseFile, Move, State, blockers, decision_blockers, is_genuine
from answerable.collect import load_data_map, make_plan
from answerable.decide import draft
from answerable.demo.demands import AUTHORITY, ORGANISATION
from answerable.demo.harbour_forum import data_map
from answerable.errors import MalformedDemand, MoveRefused
from answerable.intake import read

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus" / "signed-papers"
MET, NOT_MET, UNCLEAR = Outcome.MET, Outcome.NOT_MET, Outcome.UNCLEAR
ALL_MET = dict.fromkeys(("A1", "A2", "A3", "A4", "A5", "A6"), MET)
UNSEEN = {"A2": UNCLEAR, "A3": UNCLEAR, "A4": UNCLEAR, "A5": NOT_MET, "A6": UNCLEAR}
DISCLOSING = (DecisionKind.ANSWER, DecisionKind.ANSWER_IN_PART)
TRAFFIC_AND_CONTENT = ("c.ii.1", "d4")


@pytest.fixture(scope="module")
def form(forms):
    return forms["lawful"]


@pytest.fixture(scope="module")
def order(form, court):
    return paper(form, court)


@pytest.fixture
def examine(trust, directory, now):
    def findings(content, form, *, trust=trust, directory=directory, at=now):
        return authenticate(content, form, trust_roots=trust, directory=directory, at=at)

    return findings


@pytest.fixture
def case_of(provider, now):
    """Return the case file that the findings lead to, put to the law."""

    def file(content, form, findings, *, state=State.ASSESSED):
        arrival = Arrival(
            received_at=now,
            channel="portal",
            media_type="application/pdf",
            sha512=sha512_hex(content),
            size=len(content),
        )
        demand = Demand(instrument="eu.epoc", form=form, arrival=arrival)
        judged = assess(demand, provider=provider, authenticity=findings, at=now)
        return CaseFile(case="AN-2026-000001", state=state, demand=demand, authenticity=findings, assessment=judged)

    return file


def outcomes(findings):
    return {each.rule: each.outcome for each in findings}


def asking(form, *boxes, **section_i):
    """Return the form asking for other boxes, issued by somebody else."""
    lines = tuple(line.model_copy(update={"boxes": boxes or line.boxes}) for line in form.E.evidence)
    return form.model_copy(
        update={"E": form.E.model_copy(update={"evidence": lines}), "I": form.I.model_copy(update=section_i)}
    )


def root_of(identity):
    return pem.unarmor(identity.root)[2]


def refuse_to_disclose(file, now):
    """Assert that nothing of a case can leave, by any answer, and that nothing would be collected."""
    assert file.assessment.permitted.is_empty
    assert {part.item for part in file.assessment.withheld} == set(file.assessment.requested.items)
    for kind in DISCLOSING:
        assert decision_blockers(file, kind)
        with pytest.raises(MoveRefused):
            draft(file, kind, version=1, reason="Ten letters at the least.", by="mara", at=now)
    decided = file.model_copy(
        update={
            "state": State.DECIDED,
            "decision": draft(file, DecisionKind.REFUSE, version=1, reason="Not proved genuine.", by="mara", at=now),
        }
    )
    assert blockers(decided, Move.SEAL, actor="machine", now=now)
    plan = make_plan(file.assessment.permitted, load_data_map(data_map()), case=file.case)
    assert (plan.steps, plan.unanswered) == ((), ())


def test_a_true_order_is_genuine_and_may_be_answered(order, form, examine, case_of):
    findings = examine(order, form)
    assert outcomes(findings) == ALL_MET
    assert is_genuine(findings)
    assert all(each.withholds_now == () and each.not_shown for each in findings)
    file = case_of(order, form, findings)
    assert DataClass.SUBSCRIBER in file.assessment.permitted.classes
    assert [kind for kind in DISCLOSING if not decision_blockers(file, kind)] == [DecisionKind.ANSWER]


def test_a_seal_is_known_by_its_certificate_too(order, form, court, directory, examine):
    certificate = x509.Certificate.load(pem.unarmor(court.certificate)[2])
    record = directory[0].model_copy(
        update={"organisation_identifier": None, "certificates": (certificate.sha256.hex(),)}
    )
    assert outcomes(examine(order, form, directory=[record])) == ALL_MET
    unlike = record.model_copy(update={"certificates": ("0" * 64,)})
    assert outcomes(examine(order, form, directory=[unlike]))["A5"] is NOT_MET


def attached_again(sealed, content):
    """Return the paper with its attachment replaced by an update that is appended to the sealed bytes."""
    writer = IncrementalPdfFileWriter(io.BytesIO(sealed))
    spec = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1].get_object()
    stream = writer.add_object(generic.StreamObject(stream_data=content))
    spec["/EF"] = generic.DictionaryObject({generic.NameObject(name): stream for name in ("/F", "/UF")})
    writer.update_container(spec)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def sealed_again(sealed, identity, folder):
    """Return the paper with a second seal over the first."""
    identity.save(folder)
    signer = signers.SimpleSigner.load(folder / "seal.key", folder / "seal.pem", ca_chain_files=(folder / "root.pem",))
    metadata = signers.PdfSignatureMetadata(field_name="Second", md_algorithm="sha256")
    return signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(sealed)), metadata, signer=signer).getvalue()


def byte_changed(content, at):
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def in_the_seal(sealed, pattern, change):
    """Return the hexadecimal digits of the seal as they are, and with the first match of `pattern` changed."""
    digits = re.search(rb"/Contents <([0-9a-fA-F]{4000,}>)", sealed)[1]
    changed = re.sub(pattern, lambda match: change(match[0]), digits, count=1)
    assert changed != digits
    return digits, changed


def with_section_a(form, **change):
    return form.model_copy(update={"A": form.A.model_copy(update=change)})


def with_another_name_in_section_i(form):
    return asking(form, authority=form.I.authority.model_copy(update={"name": "Somebody"}))


@pytest.fixture(scope="module")
def world(order, form, court, trust, directory, now, tmp_path_factory):
    """Everything that a forger could lay hands on, by name; `listed` is the one true record of the directory."""

    def authority(name, identifier, *, at=now):
        return make_authority(name, organisation_identifier=identifier, country="DE", at=at)

    return SimpleNamespace(
        order=order, form=form, court=court, trust=trust, listed=directory[0],
        forger=authority(AUTHORITY, ORGANISATION), nobody=authority("Nobody", "X-1"), neighbour=authority(*NEIGHBOUR),
        early=authority(AUTHORITY, ORGANISATION, at=now + timedelta(days=2)), folder=tmp_path_factory.mktemp("seal"),
    )  # fmt: skip


NEIGHBOUR = ("Gericht Nebenstadt", "VATDE-000000002")
UNKNOWN = {"A5": NOT_MET, "A6": UNCLEAR}
UNREADABLE = {"A1": NOT_MET, **UNSEEN}
# What was done; how, as paper, form, and what else the desk trusts or lists; every fact that then does not hold.
FORGERIES = [
    ("sealed with another key under the same name", lambda w: (paper(w.form, w.forger), w.form, {}), {"A4": NOT_MET}),
    ("sealed before the certificate was valid", lambda w: (paper(w.form, w.early), w.form, {"trust": [root_of(w.early)]}),
     {"A4": NOT_MET}),
    ("sealed by a trusted court that is not listed",
     lambda w: (paper(w.form, w.neighbour), w.form, {"trust": [*w.trust, root_of(w.neighbour)]}), UNKNOWN),
    ("sealed by a trusted and listed court that is another one",
     lambda w: (paper(w.form, w.neighbour), w.form, {"trust": [*w.trust, root_of(w.neighbour)], "directory": [
         w.listed, w.listed.model_copy(update=dict(zip(("name", "organisation_identifier"), NEIGHBOUR, strict=True)))]}),
     {"A5": NOT_MET}),
    ("sealed once more, by somebody else", lambda w: (sealed_again(w.order, w.nobody, w.folder), w.form, {}),
     {"A4": NOT_MET, **UNKNOWN}),
    ("a byte of a remark changed", lambda w: (byte_changed(w.order, w.order.index(b"\n%") + 2), w.form, {}),
     {"A2": NOT_MET, "A4": UNCLEAR}),
    ("a digit of the seal written in another letter case",
     lambda w: (w.order.replace(*in_the_seal(w.order, rb"[A-F]", bytes.lower)), w.form, {}), {"A3": NOT_MET}),
    ("something hidden in the room after the seal",
     lambda w: (w.order.replace(*in_the_seal(w.order, rb"00(?=>)", lambda _: b"21")), w.form, {}), {"A3": NOT_MET}),
    ("a space in the room after the seal",
     lambda w: (w.order.replace(*in_the_seal(w.order, rb"00(?=>)", lambda _: b"  ")), w.form, {}), {"A3": NOT_MET}),
    ("a byte of the end mark changed", lambda w: (byte_changed(w.order, w.order.rindex(b"%%EOF")), w.form, {}), UNREADABLE),
    ("a remark appended", lambda w: (w.order + b"% more\n", w.form, {}), {"A3": NOT_MET}),
    ("another form attached by an update", lambda w: (attached_again(w.order, b"{}"), w.form, {}), {"A3": NOT_MET}),
    ("not sealed", lambda w: (paper(w.form, None), w.form, {}), UNREADABLE),
    ("not sealed, with a byte range that pretends",
     lambda w: (paper(w.form, None) + b"%/ByteRange [0 1 2 3]\n", w.form, {}), UNREADABLE),
    ("bare form data", lambda w: (w.form.model_dump_json().encode(), w.form, {}), UNREADABLE),
    ("no root is trusted", lambda w: (w.order, w.form, {"trust": []}), {"A4": NOT_MET}),
    ("nobody is listed", lambda w: (w.order, w.form, {"directory": []}), UNKNOWN),
    ("two records claim the same seal", lambda w: (w.order, w.form, {"directory": [w.listed, w.listed]}), UNKNOWN),
    ("Section A names another authority",
     lambda w: (w.order, with_section_a(w.form, issuing_authority="Gericht Nebenstadt"), {}), {"A5": NOT_MET}),
    ("Section A names another State", lambda w: (w.order, with_section_a(w.form, issuing_state="FR"), {}), {"A5": NOT_MET}),
    ("Section A names nobody", lambda w: (w.order, with_section_a(w.form, issuing_state=None), {}), {"A5": NOT_MET}),
    ("Section I names another authority", lambda w: (w.order, with_another_name_in_section_i(w.form), {}), {"A5": NOT_MET}),
    ("a prosecutor ticks judge",
     lambda w: (w.order, w.form, {"directory": [w.listed.model_copy(update={"kind": "prosecutor"})]}), {"A6": NOT_MET}),
]  # fmt: skip


@pytest.mark.parametrize(("make", "fails"), [case[1:] for case in FORGERIES], ids=[case[0] for case in FORGERIES])
def test_a_forged_paper_is_not_genuine_and_nothing_is_disclosed_on_it(make, fails, world, examine, case_of, now):
    content, form, known = make(world)
    findings = examine(content, form, **known)
    assert outcomes(findings) == ALL_MET | fails
    assert not is_genuine(findings)
    refuse_to_disclose(case_of(content, form, findings), now)


def test_what_counts_is_what_was_sealed_and_not_what_came_after(order, form):
    wanted = asking(form, "d4", "d3")
    added = attached_again(order, wanted.model_dump_json().encode())
    assert read(added).form == form
    assert read(attached_again(paper(form, None), wanted.model_dump_json().encode())).form == wanted


def test_a_byte_range_without_a_signature_is_damaged_and_not_unsigned(form, examine):
    plain = paper(form, None)
    assert "no signature" in examine(plain, form)[0].fact
    assert "damaged" in examine(plain + b"\n%/ByteRange [0 1 2 3]\n", form)[0].fact


def test_a_paper_with_very_many_signatures_is_not_looked_at(order, form, examine, monkeypatch):
    monkeypatch.setattr(examining, "_MOST_SIGNATURES", 0)
    assert outcomes(examine(order, form)) == {"A1": NOT_MET, **UNSEEN}


def test_an_evaluation_that_breaks_off_is_unclear_and_never_genuine(order, form, examine, monkeypatch):
    def breaks(*_, **__):
        raise RecursionError

    monkeypatch.setattr(examining, "validate_pdf_signature", breaks)
    assert outcomes(examine(order, form)) == {"A1": MET, **UNSEEN}


def test_no_name_from_a_certificate_reaches_the_log(world, form, examine, monkeypatch):
    written = io.StringIO()
    monkeypatch.setattr(logging.getLogger(), "handlers", [logging.StreamHandler(written)])
    logging.getLogger("elsewhere").warning("this is how a desk logs")
    assert not is_genuine(examine(paper(form, world.forger), form))
    assert written.getvalue() == "this is how a desk logs\n"


def test_a_certificate_is_looked_at_as_of_receipt(order, form, examine, now):
    assert outcomes(examine(order, form, at=now + timedelta(days=4 * 365))) == ALL_MET
    assert outcomes(examine(order, form, at=now + timedelta(days=6 * 365)))["A4"] is NOT_MET
    assert outcomes(examine(order, form, at=now - timedelta(days=2)))["A4"] is NOT_MET


@pytest.mark.parametrize(
    ("boxes", "permitted"),
    [
        (TRAFFIC_AND_CONTENT, ()),
        (("d4",), ()),
        (("c.ii.4", "c.iii.1"), ()),
        (("a1", "b1", *TRAFFIC_AND_CONTENT), (DataClass.SUBSCRIBER, DataClass.IDENTIFICATION)),
    ],
)
def test_a_genuine_prosecutor_gets_no_traffic_and_no_content(
    boxes, permitted, form, court, directory, examine, case_of, now
):
    wanted = asking(form, *boxes, kind="prosecutor")
    content = paper(wanted, court)
    findings = examine(content, wanted, directory=[directory[0].model_copy(update={"kind": "prosecutor"})])
    assert is_genuine(findings)
    file = case_of(content, wanted, findings)
    assert file.assessment.permitted.classes == permitted
    assert "R2" in {part.rule for part in file.assessment.withheld}
    if not permitted:
        refuse_to_disclose(file, now)
    assert decision_blockers(file, DecisionKind.ANSWER)


def test_the_same_order_from_a_judge_is_permitted(form, court, examine, case_of):
    wanted = asking(form, *TRAFFIC_AND_CONTENT)
    content = paper(wanted, court)
    file = case_of(content, wanted, examine(content, wanted))
    assert file.assessment.permitted.classes == (DataClass.TRAFFIC, DataClass.CONTENT)


def test_a_prosecutor_who_signs_with_the_seal_of_a_court_is_not_genuine(form, court, examine, case_of, now):
    wanted = asking(form, *TRAFFIC_AND_CONTENT, kind="prosecutor")
    content = paper(wanted, court)
    findings = examine(content, wanted)
    assert outcomes(findings) == ALL_MET | {"A6": NOT_MET}
    refuse_to_disclose(case_of(content, wanted, findings), now)


def test_examining_twice_gives_the_same_findings(order, form, examine):
    assert examine(order, form) == examine(order, form)


corpus = pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of signed papers is not beside this checkout")


def expectations():
    """Return what the reference project says of each of its PDFs: file, signatures, modifications, coverage."""
    if not CORPUS.exists():
        return []
    with (CORPUS / "EXPECTATIONS.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["sample"].endswith(".pdf")]
    return [pytest.param(row, id=row["sample"]) for row in rows]


@corpus
@pytest.mark.parametrize("row", expectations())
def test_a_signed_paper_of_the_reference_project_gives_findings_and_is_never_genuine(row, form, examine):
    content = (CORPUS / row["sample"]).read_bytes()
    findings = examine(content, form)
    found = outcomes(findings)
    assert set(found) == set(ALL_MET)
    assert not is_genuine(findings)
    assert MET not in (found["A4"], found["A5"], found["A6"])
    whole = found["A2"] is MET and found["A3"] is MET
    if row["expect_signature"] in ("INVALID", "MIXED"):
        assert not whole
    if (
        row["expect_modification"].endswith(("CHANGES", "DIFFERENCE", "VISUAL"))
        and "ENTIRE_FILE" not in row["measured"]
    ):
        assert not whole
    if row["expect_modification"] == "NO_MODIFICATIONS" and row["measured"].endswith("coverage=ENTIRE_FILE"):
        assert whole
    with pytest.raises(MalformedDemand):
        read(content)


@corpus
def test_every_other_file_of_the_reference_project_is_refused_and_not_genuine(form, examine):
    others = [path for path in sorted(CORPUS.rglob("*")) if path.is_file() and path.suffix != ".pdf"]
    assert len(others) > 30
    for path in others:
        content = path.read_bytes()
        assert outcomes(examine(content, form)) == {"A1": NOT_MET, **UNSEEN}
        with pytest.raises(MalformedDemand):
            read(content)
