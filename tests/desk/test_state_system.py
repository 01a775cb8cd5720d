"""Does a demand come in from an access point's folder once and whole, and does it free an emergency only as a pack allows?"""

import os
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from cryptography.hazmat.primitives.serialization import Encoding
from tests.authenticate.access_points import COURTS, US, described, lay, settings
from tests.authenticate.authorities import QC, Office, list_of_lists, trusted_list
from tests.desk.hands import decided as decision_put_in
from tests.desk.hands import meddle, taken_back, without_triggers

from answerable.adapters.paper import paper
from answerable.casefile.decision import DecisionKind
from answerable.casefile.order import Order
from answerable.casefile.parties import Authority
from answerable.casefile.supplied import Exchange, ExchangeKind, Supplied
from answerable.errors import MoveRefused
from answerable.law.own import own_laws

PACK = Path(__file__).resolve().parents[2] / "docs" / "examples" / "law-pack"
BASE = yaml.safe_load((PACK / "cases.yaml").read_text(encoding="utf-8"))["base"]
REASON = "A life is in danger, so we answer at once."


@pytest.fixture(scope="module")
def harbour(machine, demo, people, tmp_path_factory):
    """A desk under an invented law of XA that frees such emergencies, with an office there whose seal is qualified."""
    folder = tmp_path_factory.mktemp("state")
    at = machine.now() - timedelta(days=30)
    office, union, state = Office(at, "Harbour root"), Office(at, "Union"), Office(at, "State")
    journal, operator = union.identity(), state.identity()
    usage = {"digital_signature": True, "content_commitment": True}
    seal, plain = office.identity(extensions=[QC], usage=usage), office.identity(usage=usage)
    lists, revoked = folder / "lists", folder / "revocation"
    (lists / "pinned").mkdir(parents=True)
    revoked.mkdir()
    (lists / "pinned" / "journal.pem").write_bytes(journal.certificate)
    pointers = {"EU": [journal], "XA": [operator]}
    (lists / "lotl.xml").write_bytes(list_of_lists(journal, pointers, issued=at))
    (lists / "XA.xml").write_bytes(trusted_list(office, operator, territory="XA", issued=at))
    (revoked / "office.crl").write_bytes(office.crl(at=machine.now() - timedelta(days=1)))
    packs = [shutil.copytree(PACK, folder / name) for name in ("frees", "frees-not")]
    title = packs[0] / "pack.yaml"
    freeing = title.read_text().replace("kind: data\n", "kind: data\n    state_system_needs_no_call: true\n")
    title.write_text(freeing)
    certificates = tuple(_fingerprint(each) for each in (seal, plain))
    record = Authority(
        id="xa-harbour", name=BASE["requester"]["name"], country="XA", kind="agency", certificates=certificates, source="tests",
        added_on=at.date(),
    )  # fmt: skip
    incoming = folder / "IN"
    incoming.mkdir(mode=0o750)
    known = machine.settings.model_copy(
        update={
            "state_system": settings(incoming), "trusted_lists": str(lists), "revocation": str(revoked),
            "provider": machine.settings.provider.model_copy(update={"bound_by": ("XA",)}),
        }
    )  # fmt: skip
    desk = replace(
        machine, settings=known, directory=(*machine.directory, record),
        trust_roots=(*machine.trust_roots, office.certificate.public_bytes(Encoding.DER)),
        own_laws=own_laws([str(packs[0])], states=("XA",)),
    )  # fmt: skip
    return Harbour(desk, incoming, demo.recipient, (seal, plain), own_laws([str(packs[1])], states=("XA",)))


def _fingerprint(identity) -> str:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    return x509.load_pem_x509_certificate(identity.certificate).fingerprint(hashes.SHA256()).hex()


class Harbour:
    """The desk of XA, its incoming folder, and the seals of its office."""

    def __init__(self, desk, folder, recipient, seals, without) -> None:
        self.desk, self.folder, self.recipient, self.seals, self.without = desk, folder, recipient, seals, without
        self.number = 0

    def order(self, *, seal="qualified", emergency=True, **changes) -> bytes:
        """Return a new order, sealed by whom it is said."""
        self.number += 1
        form = BASE | {"due": None, "reference": f"H-26-{self.number}", "issued_on": self.desk.now().date()}
        form |= {"emergency": {"claimed": True, "threat": "death", "facts": REASON}} if emergency else {}
        form |= {"encryption_key": self.recipient}
        identity = dict(zip(("qualified", "plain", None), (*self.seals, None), strict=True))[seal]
        return paper(Order.model_validate(form | changes), identity)

    def lay(self, content: bytes, *, seconds=120, **changes):
        """Lay a message down, and return its folder."""
        self.number += 1
        name = f"m{self.number:03}"
        said = {"message_id": f"{name}@gateway-xa"} | changes
        files = {"metadata.xml": described(**said), "message.pdf": content}
        return lay(self.folder, files, place=f"urn_c4/{name}", at=self.desk.now(), seconds=seconds)

    def take(self, desk=None) -> list[str]:
        """Return what became of what lies there."""
        from answerable.desk.moves.handing_over import take_handed_over

        return list(take_handed_over(desk or self.desk))

    def work(self, desk=None) -> None:
        """Do what is due, but draw no paper: that takes long, and shows nothing here."""
        from answerable.desk import jobs
        from answerable.desk.models import Job

        Job.objects.filter(kind="draw", done_at=None).delete()
        with jobs.only_worker(self.desk):
            jobs.run_due(desk or self.desk)

    def come(self, content: bytes, desk=None):
        """Return the case of an order that was handed over, put to the law."""
        from answerable.desk.models import Case

        self.lay(content)
        (reference,) = self.take(desk)
        self.work(desk)
        return Case.objects.get(reference=reference)


def waits(desk, case) -> tuple[str, ...]:
    from answerable.desk.models import Account
    from answerable.desk.queries.calling import call_page

    return call_page(desk, case, Account.objects.get(username="mara")).waits


@pytest.fixture
def clean(harbour):
    """Take what a test laid down away, as the gateway does after a while."""
    yield harbour
    for each in harbour.folder.iterdir():
        shutil.rmtree(each)
    harbour.folder.chmod(0o750)


def test_a_demand_is_taken_in_once_with_all_that_came(clean):
    from answerable.desk.models import Case, HandedOver, Paper
    from answerable.desk.moves.papers import paper_bytes, read

    content = clean.order()
    case = clean.come(content)
    assert (case.channel, case.sent_by, case.entered_by) == ("state system", None, None)
    assert paper_bytes(clean.desk, case) == content
    row = HandedOver.objects.get(case=case)
    assert read(clean.desk, Paper.objects.get(pk=row.metadata_id)).startswith(b"<?xml")
    assert (clean.desk.now() - case.received_at) > timedelta(seconds=100)
    assert clean.take() == []
    assert Case.objects.filter(paper__sha512=case.paper_id).count() == 1


def test_it_is_on_the_sheet_and_leaves_with_the_bundle(clean, tmp_path):
    from answerable.adapters.bundles import verify_bundle
    from answerable.desk import moves

    case = clean.come(clean.order())
    facts = {each["code"]: each for each in case.sheet["sheet"]["facts"]}
    assert (facts["A6"]["result"], facts["A7"]["result"], facts["E4"]["result"]) == ("confirmed",) * 3
    assert "the desk did not" in facts["A6"]["not_shown"]
    (tmp_path / "bundle").write_bytes(moves.bundle_of(clean.desk, case))
    assert all(each.passed for each in verify_bundle(tmp_path / "bundle"))


def test_what_is_refused_is_set_aside_until_something_changes_and_holds_up_nothing(clean):
    from answerable.desk.models import HandedOver
    from answerable.desk.queries.errands import handed_over

    stranger = clean.lay(clean.order(), sender=COURTS | {"id": "gateway-xb"})
    half = clean.lay(clean.order(), seconds=1)
    clean.lay(clean.order())
    said = clean.take()
    assert said[0] == "set aside: intake.message-unknown-party"
    assert said[1].startswith("AN-")
    assert len(said) == 2
    assert clean.take() == []
    check = handed_over()
    assert not check.passed
    assert "gateway-xb" in check.detail
    known = settings(clean.folder, parties=[COURTS | {"state": "XA"}, COURTS | {"id": "gateway-xb", "state": "XA"}])
    told = clean.take(replace(clean.desk, settings=clean.desk.settings.model_copy(update={"state_system": known})))
    assert [each[:3] for each in told] == ["AN-"]
    shutil.rmtree(half)
    assert HandedOver.objects.get(place=f"urn_c4/{stranger.name}").error is None


def test_what_was_set_aside_and_is_gone_is_forgotten_and_odd_names_stop_nothing(clean):
    from answerable.desk.models import HandedOver
    from answerable.desk.queries.errands import handed_over

    stranger = clean.lay(clean.order(), sender=COURTS | {"id": "gateway-xb"})
    odd = clean.folder / "urn_c4" / os.fsdecode(b"\xff")
    odd.mkdir()
    clean.lay(clean.order())
    assert sorted(each[:9] for each in clean.take())[1:] == ["set aside"] * 2
    assert handed_over().detail.count("urn_c4/") == 2
    shutil.rmtree(stranger)
    odd.rmdir()
    assert clean.take() == []
    assert not HandedOver.objects.filter(case=None).exists()
    assert "urn_c4/" not in handed_over().detail


def test_a_message_id_counts_once_and_the_same_bytes_are_one_case(clean):
    content = clean.order()
    clean.lay(content, message_id="same@gateway-xa")
    (reference,) = clean.take()
    clean.lay(clean.order(), message_id="same@gateway-xa")
    assert clean.take() == ["set aside: intake.message-repeated"]
    clean.lay(content)
    assert clean.take() == [reference]


def test_what_came_by_another_way_before_stays_what_it_was(clean, people):
    from answerable.desk import moves

    content = clean.order()
    case = moves.receive(clean.desk, content, channel="email", actor=people["mara"])
    clean.work()
    clean.lay(content)
    assert clean.take() == [case.reference]
    case.refresh_from_db()
    assert case.channel == "email"
    moves_again = moves.receive(clean.desk, content, channel="portal", actor=people["ina"])
    assert moves_again.channel == "email"
    assert waits(clean.desk, case)


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_killed_in_between_it_goes_on_and_takes_it_in_once(clean, monkeypatch, step):
    from answerable.desk.models import Case, HandedOver
    from answerable.desk.moves import handing_over, receiving

    class Killed(BaseException):
        pass

    seen = []

    def dying(real):
        def run(*words, **said):
            seen.append(1)
            if len(seen) == step:
                raise Killed
            return real(*words, **said)

        return run

    content = clean.order()
    clean.lay(content)
    for module, name in ((handing_over, "keep"), (handing_over, "take_in"), (receiving, "keep"), (receiving, "record")):
        monkeypatch.setattr(module, name, dying(getattr(module, name)))
    with pytest.raises(Killed):
        clean.take()
    assert not HandedOver.objects.filter(message_id=f"m{clean.number:03}@gateway-xa").exists()
    monkeypatch.undo()
    (reference,) = clean.take()
    assert Case.objects.get(reference=reference).handed_over.count() == 1
    assert clean.take() == []


@pytest.mark.parametrize("mode", [0o777, 0o770])
def test_from_a_folder_that_others_may_write_in_nothing_is_taken_and_the_doctor_says_so(clean, mode):
    from answerable.desk import moves
    from answerable.desk.doctor import at_access_point
    from answerable.desk.models import Errand
    from answerable.desk.queries.errands import handed_over

    clean.lay(clean.order())
    clean.folder.chmod(mode)
    assert not moves.look_at_access_point(clean.desk, lambda *_: None)
    assert Errand.objects.get(pk=Errand.HANDED_OVER).error["code"] == "state-system.open-folder"
    [closed], looked = at_access_point(clean.desk), handed_over()
    assert not closed.passed
    assert "state-system.open-folder" in closed.detail
    assert not looked.passed
    clean.folder.chmod(0o750)
    assert moves.look_at_access_point(clean.desk, lambda *_: None)
    assert all(each.passed for each in (*at_access_point(clean.desk), handed_over()))


def test_what_nobody_can_read_waits_for_a_person_and_is_never_freed(clean, people):
    from answerable.desk import moves
    from answerable.desk.models import Case

    clean.lay(b"%PDF-1.4\nno order\n%%EOF\n")
    (reference,) = clean.take()
    clean.work()
    case = Case.objects.get(reference=reference)
    assert (case.state, case.channel) == ("unreadable", "state system")
    form = BASE | {"due": None, "emergency": {"claimed": True, "threat": "death", "facts": REASON}}
    case = moves.enter(clean.desk, case, form, actor=people["mara"])
    clean.work()
    case.refresh_from_db()
    assert case.assessment["call_exempted"] is False
    assert waits(clean.desk, case)


def test_a_qualified_seal_through_the_state_system_goes_without_a_call_where_the_pack_allows_it(clean, people):
    from answerable.desk import moves
    from answerable.desk.moves.casefiles import case_file

    case = clean.come(clean.order())
    assert case.assessment["call_exempted"] is True
    assert waits(clean.desk, case) == ()
    case = moves.prepare(clean.desk, case, actor=people["mara"], kind=DecisionKind.ANSWER, reason=REASON)
    moves.approve(clean.desk, case, actor=people["jonas"], statement=case_file(case).decision.statement)
    clean.work()
    case.refresh_from_db()
    assert (case.state, case.package is None) == ("sealed", False)
    assert not case.calls.exists()


KEPT = {
    "a plain seal": {"seal": "plain"},
    "no seal": {"seal": None},
}


@pytest.mark.parametrize("said", KEPT.values(), ids=KEPT)
def test_without_a_qualified_seal_the_call_stays(clean, said):
    case = clean.come(clean.order(**said))
    assert case.assessment["call_exempted"] is False
    assert waits(clean.desk, case)


def test_an_access_point_of_another_state_frees_nothing(clean):
    known = settings(clean.folder, parties=[COURTS | {"state": "XB"}])
    desk = replace(clean.desk, settings=clean.desk.settings.model_copy(update={"state_system": known}))
    case = clean.come(clean.order(), desk)
    assert next(each for each in case.sheet["sheet"]["facts"] if each["code"] == "A7")["result"] == "contradicted"
    assert case.assessment["call_exempted"] is False
    assert waits(desk, case)


@pytest.mark.parametrize("channel", ["portal", "email", "post", "file"])
def test_the_same_seal_by_any_other_way_frees_nothing(clean, people, channel):
    from answerable.desk import moves

    sender = people["ina" if channel == "portal" else "mara"]
    case = moves.receive(clean.desk, clean.order(), channel=channel, actor=sender)
    clean.work()
    case.refresh_from_db()
    assert case.assessment["call_exempted"] is False
    assert waits(clean.desk, case)
    with pytest.raises(MoveRefused, match=r"intake\.no-state-system"):
        moves.receive(clean.desk, clean.order(), channel="state system", actor=sender)


def test_where_the_pack_says_nothing_and_with_every_one_of_ours_the_call_stays(clean, order, people):
    without = replace(clean.desk, own_laws=clean.without)
    case = clean.come(clean.order(), without)
    assert case.assessment["call_exempted"] is False
    assert waits(without, case)
    case = clean.come(order("emergency"))
    assert case.assessment["call_exempted"] is False
    assert waits(clean.desk, case)


def test_no_pack_of_ours_frees_anything():
    from answerable.law.register import laws

    instruments = [each for law in laws() for each in law.pack.title.instruments.values()]
    assert instruments
    assert not any(each.state_system_needs_no_call for each in instruments)


def exempted_by_hand(case, two) -> None:
    from answerable.desk.models import Case

    Case.objects.filter(pk=case.pk).update(assessment=case.assessment | {"call_exempted": True})


def sheet_made_up(case, two) -> None:
    """Let the sheet say whatever is missing, and that no call is needed."""
    from answerable.desk.models import Case

    codes = ("A6", "A7", "D2", "D3", "E2", "E3", "E4")
    sheet = case.sheet["sheet"]
    facts = [each for each in sheet["facts"] if each["code"] not in codes and each["result"] != "contradicted"]
    shown = [sheet["facts"][0] | {"code": code, "result": "confirmed"} for code in codes]
    made_up = case.sheet | {"sheet": sheet | {"facts": facts + shown}}
    Case.objects.filter(pk=case.pk).update(sheet=made_up, assessment=case.assessment | {"call_exempted": True})


@pytest.mark.parametrize("hand", [exempted_by_hand, sheet_made_up])
def test_no_hand_in_the_database_takes_the_place_of_the_seal(clean, people, hand):
    from answerable.desk import moves

    case = clean.come(clean.order(seal="plain"))
    two = (people["mara"], people["jonas"])
    with taken_back():
        without_triggers()
        meddle(hand, case, two)
        meddle(decision_put_in, case, two)
        case.refresh_from_db()
        with pytest.raises(MoveRefused, match=r"route\.not-allowed") as refused:
            moves.seal(clean.desk, case)
        assert "That it needs no call is not what is on record." in refused.value.why


def test_what_was_taken_in_is_never_changed(clean):
    from django.db import IntegrityError

    from answerable.desk.models import HandedOver

    case = clean.come(clean.order())
    for change in (
        lambda: HandedOver.objects.filter(case=case).update(record={}),
        lambda: HandedOver.objects.filter(case=case).delete(),
    ):
        with taken_back(), pytest.raises(IntegrityError, match="stays as it was taken in"):
            change()


def test_the_worker_looks_by_itself(clean, monkeypatch):
    from answerable.desk import keeping

    clean.lay(clean.order())
    told = []

    def on_step(kind, what):
        told.append((kind, what))
        clean.desk.stop.set()

    desk = clean.desk
    keeping._take_handed_over(desk, on_step)
    desk.stop.clear()
    assert [(kind, what[:3]) for kind, what in told] == [("handed over", "AN-")]
    assert US["id"] == desk.settings.state_system.us.id


def test_a_corrected_paper_that_came_later_keeps_the_call(clean, people):
    """Whoever brings it: only the very bytes that were handed over came through the State's system."""
    from answerable.desk import moves

    case = clean.come(clean.order())
    assert case.assessment["call_exempted"] is True
    asked = Exchange(kind=ExchangeKind.CLARIFICATION, asked_at=case.received_at)
    case.supplied = Supplied(exchanges=(asked,)).model_dump(mode="json")
    case.save()
    answer = {"reply": "clarified", "answered_at": clean.desk.now().isoformat()}
    correction = clean.order(reference="H-26-again")
    case = moves.hear(
        clean.desk, case, actor=people["mara"], kind=ExchangeKind.CLARIFICATION, answer=answer, paper=correction
    )
    assert case.channel == "state system"
    assert not any(each["code"] in ("A6", "A7") for each in case.sheet["sheet"]["facts"])
    assert case.assessment["call_exempted"] is False
    assert waits(clean.desk, case)
