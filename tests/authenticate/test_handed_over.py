"""Is a message that an access point laid down read whole, once it is whole, and is every other one refused with its reason?"""

import hashlib
import os
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.authenticate.access_points import AT, COURTS, RECEIVES, SENDS, TYPE, US, described, lay, settings

from answerable.adapters import access_point
from answerable.adapters.access_point import messages_in, refuse_unless_closed, take
from answerable.authenticate.gathered import Evidence, from_plain, to_plain
from answerable.authenticate.handed_over import LARGEST_METADATA, handover_facts, read_metadata
from answerable.authenticate.sheet import sheet_of
from answerable.casefile.evidence import Result
from answerable.errors import MalformedDemand, NotConfigured

PAPER = b"%PDF-1.7 an order"
WHOLE = {"metadata.xml": described(), "message.pdf": PAPER}
DOCTYPE = '<!DOCTYPE UserMessage [<!ENTITY a "b">]>'
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "IN"
    made.mkdir(mode=0o750)
    return made


def taken(folder, place="urn_c4/m1", **changes):
    return take(folder, place, settings(folder, **changes), largest=1000, now=AT)


def test_a_whole_message_is_read(folder):
    lay(folder, WHOLE)
    found = taken(folder)
    assert (found.paper, found.metadata, found.others) == (PAPER, described(), ())
    assert found.handover.message_id == "m1@gateway-xa"
    assert (found.handover.by.state, found.handover.to.id) == ("XA", "harbour-forum")
    assert (AT - found.handover.at).total_seconds() == 120
    assert [each.place for each in messages_in(folder, settings(folder))] == ["urn_c4/m1"]
    assert list(messages_in(folder, settings(folder), taken={"urn_c4/m1"})) == []


@pytest.mark.parametrize(
    ("name", "file"),
    [
        (None, "message"), (None, "message.pdf"), (None, "message.bin"), ("order.pdf", "order.pdf"),
        ("/a/b/order.pdf", "order.pdf"), ("..\\order.pdf", "order.pdf"), ("an%20order.pdf", "an order.pdf"),
        ("an+order.pdf", "an order.pdf"), ("an+order.pdf", "an+order.pdf"), ("Übung.pdf", "Übung.pdf"),
        ("../../x", "message.pdf"),
    ],
)  # fmt: skip
def test_a_payload_is_found_under_the_names_that_the_plugin_gives(folder, name, file):
    lay(folder, {"metadata.xml": described(parts=[("cid:message", "application/pdf", name)]), file: PAPER})
    assert taken(folder).paper == PAPER


def test_of_several_payloads_the_one_that_is_a_paper_is_the_demand_and_the_others_are_kept(folder):
    parts = [
        ("cid:form", "text/xml", None),
        ("cid:order", "application/pdf", None),
        ("cid:token", "application/zip", None),
    ]
    lay(folder, {"metadata.xml": described(parts=parts), "form.xml": b"<a/>", "order.pdf": PAPER, "token": b"PK"})
    found = taken(folder)
    assert (found.paper, found.others) == (PAPER, (b"<a/>", b"PK"))


@pytest.mark.parametrize(
    "files",
    [{}, {"message.pdf": PAPER}, {"metadata.xml": described()}],
    ids=["nothing", "no description yet", "no payload yet"],
)
def test_what_is_still_being_written_waits(folder, files):
    lay(folder, files, seconds=3)
    assert taken(folder) is None


def test_a_message_waits_until_nothing_changed_for_a_while(folder):
    lay(folder, WHOLE, seconds=59)
    assert taken(folder) is None
    assert taken(folder, settle_seconds=30).paper == PAPER


@pytest.mark.parametrize(
    ("files", "seconds", "why"),
    [({"message.pdf": PAPER}, 3_601, "no metadata.xml came"), (WHOLE, -3_601, "a time that is still to come")],
    ids=["no description", "dated ahead"],
)
def test_one_that_would_wait_for_good_is_told_of_after_an_hour(folder, files, seconds, why):
    lay(folder, files, seconds=seconds - (2 if seconds > 0 else -2))
    assert taken(folder) is None
    lay(folder, files, seconds=seconds)
    with pytest.raises(MalformedDemand, match=r"intake\.message-not-finished") as refused:
        taken(folder)
    assert why in refused.value.why


def test_one_that_is_gone_or_was_written_on_while_it_was_read_is_left_for_later(folder, monkeypatch):
    message, read = lay(folder, WHOLE), access_point._read
    assert taken(folder, "urn_c4/never") is None

    def written_on(*words, **said):
        (message / "message.pdf").write_bytes(PAPER + b" and its end")
        return read(*words, **said)

    monkeypatch.setattr(access_point, "_read", written_on)
    assert taken(folder) is None


def test_names_that_are_no_text_hold_up_nothing(folder):
    lay(folder, WHOLE)
    odd = [os.fsdecode(b"urn_c4/\xff"), "urn_c4/a\x1b[2Jb"]
    for place in odd:
        lay(folder, WHOLE, place=place)
    seen = [each.place for each in messages_in(folder, settings(folder))]
    assert len(seen) == 3
    assert all(each.isprintable() for each in seen)
    for place in seen:
        if place == "urn_c4/m1":
            assert taken(folder, place).paper == PAPER
        else:
            with pytest.raises(MalformedDemand, match=r"intake\.message-not-the-gateways"):
                taken(folder, place)


def _another_kind(message, name):
    (message / name).unlink()
    os.mkfifo(message / name)


@pytest.mark.parametrize(
    "spoil",
    [_another_kind, lambda message, name: (message / name).chmod(0o666),
     lambda message, name: (message / name).write_bytes(b"x" * 1001), lambda message, name: (message / name).unlink(),
     lambda message, name: (message / "more").write_bytes(b"")],
    ids=["no file", "open", "large", "missing", "not alone"],
)  # fmt: skip
def test_no_refusal_repeats_the_name_that_a_sender_gave_a_file(folder, spoil):
    name = "Erika Mustermann.pdf"
    files = {"metadata.xml": described(parts=[("cid:message", "application/pdf", name)]), name: PAPER}
    message = lay(folder, files)
    spoil(message, name)
    for each in message.iterdir():
        os.utime(each, (AT.timestamp() - 120,) * 2)
    with pytest.raises(MalformedDemand) as refused:
        taken(folder)
    assert "Mustermann" not in f"{refused.value.what} {refused.value.why} {refused.value.next_step}"


REFUSED = {
    "intake.message-not-described": [
        {"metadata.xml": b""},
        {"metadata.xml": b"<a"},
        {"metadata.xml": b"<a/>"},
        {"metadata.xml": described(before=DOCTYPE)},
        {"metadata.xml": described(before=BOMB)},
        {"metadata.xml": described(message_id="")},
        {"metadata.xml": described(message_id="a" * 256)},
        {"metadata.xml": described(message_id="a<b/>")},
        {"metadata.xml": described(message_id="a</MessageId><MessageId>b")},
        {"metadata.xml": described(sender=COURTS | {"id": ""})},
        {"metadata.xml": described().replace(b"application/pdf", b"application<!-- -->/pdf")},
        {"metadata.xml": described(parts=[])},
        {"metadata.xml": described(parts=[("cid:a", "", None)])},
        {"metadata.xml": described(parts=[(f"cid:{n}", "text/xml", None) for n in range(21)])},
        {"metadata.xml": described(more="<PartyInfo/>")},
        {"metadata.xml": described(more="<PayloadInfo/>")},
        {"metadata.xml": described().replace(b"<Role>", b"<Rolle>").replace(b"</Role>", b"</Rolle>")},
        {"metadata.xml": described().replace(b' type="urn:oasis', b' kind="urn:oasis')},
        {"metadata.xml": described().replace(b"ebxml-msg", b"other", 1)},
    ],
    "intake.message-not-for-us": [
        {"metadata.xml": described(receiver=US | {"id": "another"})},
        {"metadata.xml": described(receiver=US | {"role": SENDS})},
        {"metadata.xml": described(receiver=US | {"type": "urn:other"})},
    ],
    "intake.message-unknown-party": [
        {"metadata.xml": described(sender=COURTS | {"id": "gateway-xb"})},
        {"metadata.xml": described(sender=COURTS | {"id": "GATEWAY-XA"})},
        {"metadata.xml": described(sender=COURTS | {"type": "urn:other"})},
        {"metadata.xml": described(sender=COURTS | {"role": RECEIVES})},
    ],
    "intake.message-incomplete": [
        {"message.pdf": None},
        {"other.pdf": PAPER},
        {"message": PAPER},
        {"message.pdf.part": PAPER},
        {f"{n}.pdf": PAPER for n in range(25)},
        {"metadata.xml": described(parts=[("cid:message", "application/pdf", None)] * 2)},
        {"metadata.xml": described(parts=[("cid:message", "application/pdf", "../metadata.xml")]), "message.pdf": None},
        {"metadata.xml": described(parts=[("cid:metadata.xml", "application/pdf", None)]), "message.pdf": None},
    ],
    "intake.message-no-one-paper": [
        {"metadata.xml": described(parts=[("cid:message", "application/pdf", None), ("cid:b", "application/json", None)]),
         "b.json": b"{}"},
        {"metadata.xml": described(parts=[("cid:message", "text/xml", None), ("cid:b", "text/xml", None)]), "b.xml": b""},
    ],
    "intake.message-too-large": [
        {"metadata.xml": described(parts=[("cid:message", "application/pdf", None), ("cid:b", "text/xml", None)]),
         "message.pdf": b"x" * 501, "b.xml": b"x" * 500},
        {"message.pdf": b"x" * 1001}, {"metadata.xml": b" " * (LARGEST_METADATA + 1)},
    ],
}  # fmt: skip


@pytest.mark.parametrize(("code", "changes"), [(code, each) for code, changes in REFUSED.items() for each in changes])
def test_what_is_no_message_for_us_is_refused_with_its_reason(folder, code, changes):
    files = {name: content for name, content in (WHOLE | changes).items() if content is not None}
    lay(folder, files)
    with pytest.raises(MalformedDemand) as refused:
        taken(folder)
    assert refused.value.code == code
    assert "%PDF" not in refused.value.why


def test_a_service_that_is_not_taken_is_refused(folder):
    lay(folder, WHOLE)
    with pytest.raises(MalformedDemand, match=r"intake\.message-other-service"):
        taken(folder, services=["urn:example:service-of-documents"])


def _linked(folder, message, elsewhere):
    (message / "message.pdf").unlink()
    (message / "message.pdf").symlink_to(elsewhere)


def _hard_linked(folder, message, elsewhere):
    (message / "message.pdf").unlink()
    os.link(elsewhere, message / "message.pdf")


def _linked_description(folder, message, elsewhere):
    elsewhere.write_bytes(described())
    (message / "metadata.xml").unlink()
    (message / "metadata.xml").symlink_to(elsewhere)


def _linked_folder(folder, message, elsewhere):
    shutil.move(message, elsewhere.with_name("moved"))
    message.symlink_to(elsewhere.with_name("moved"))


def _linked_recipient(folder, message, elsewhere):
    shutil.move(message.parent, elsewhere.with_name("moved"))
    message.parent.symlink_to(elsewhere.with_name("moved"))


def _pipe(folder, message, elsewhere):
    (message / "message.pdf").unlink()
    os.mkfifo(message / "message.pdf")


def _inner_folder(folder, message, elsewhere):
    (message / "more").mkdir()


TAMPERED = [
    _linked, _hard_linked, _linked_description, _linked_folder, _linked_recipient, _pipe, _inner_folder,
    *(lambda _, message, __, name=name, mode=mode: (message / name).chmod(mode)
      for name in ("metadata.xml", "message.pdf", ".", "..") for mode in (0o772, 0o770)),
]  # fmt: skip


@pytest.mark.parametrize("tamper", TAMPERED)
def test_what_is_not_the_gateways_alone_is_refused(folder, tmp_path, tamper):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(PAPER)
    tamper(folder, lay(folder, WHOLE), elsewhere)
    (seen,) = messages_in(folder, settings(folder))
    with pytest.raises(MalformedDemand, match=r"intake\.message-not-the-gateways"):
        taken(folder, seen.place)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another account")
@pytest.mark.parametrize("name", ["metadata.xml", "message.pdf", ".", ".."])
def test_what_another_account_put_there_is_refused(folder, name):
    os.chown(lay(folder, WHOLE) / name, 12345, -1)
    with pytest.raises(MalformedDemand, match=r"intake\.message-not-the-gateways"):
        taken(folder)


@pytest.mark.parametrize("mode", [0o757, 0o777, 0o770, 0o1777])
def test_a_folder_that_others_may_write_in_is_not_looked_at(folder, mode):
    lay(folder, WHOLE)
    folder.chmod(mode)
    with pytest.raises(NotConfigured, match=r"state-system\.open-folder"):
        list(messages_in(folder, settings(folder)))


def test_nor_is_one_that_could_be_put_in_its_place(tmp_path):
    above = tmp_path / "above"
    (above / "IN").mkdir(parents=True)
    for mode in (0o777, 0o775):
        above.chmod(mode)
        with pytest.raises(NotConfigured, match=r"state-system\.open-folder"):
            refuse_unless_closed(above / "IN")
    above.chmod(0o1777)
    refuse_unless_closed(above / "IN")
    (above / "link").symlink_to(above / "IN")
    for wrong, code in (("link", "open-folder"), ("none", "no-folder")):
        with pytest.raises(NotConfigured, match=rf"state-system\.{code}"):
            refuse_unless_closed(above / wrong)


def test_nor_one_that_a_link_leads_to_which_others_could_turn(tmp_path):
    (tmp_path / "gateway" / "IN").mkdir(parents=True)
    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "link").symlink_to(tmp_path / "gateway")
    (tmp_path / "way").symlink_to("open/link")
    for way in ("open/link/IN", "way/IN"):
        (tmp_path / "open").chmod(0o755)
        refuse_unless_closed(tmp_path / way)
        (tmp_path / "open").chmod(0o777)
        with pytest.raises(NotConfigured, match=r"state-system\.open-folder"):
            refuse_unless_closed(tmp_path / way)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another account")
def test_nor_one_below_a_folder_of_another_account(tmp_path):
    (tmp_path / "above" / "IN").mkdir(parents=True)
    os.chown(tmp_path / "above", 12345, -1)
    with pytest.raises(NotConfigured, match=r"state-system\.open-folder"):
        refuse_unless_closed(tmp_path / "above" / "IN")
    os.chown(tmp_path / "above" / "IN", 12345, -1)
    refuse_unless_closed(tmp_path / "above" / "IN")


def test_a_folder_that_cannot_be_listed_is_said(folder, monkeypatch):
    def closed(_):
        raise PermissionError

    monkeypatch.setattr(access_point.os, "scandir", closed)
    with pytest.raises(NotConfigured, match=r"state-system\.no-folder") as refused:
        refuse_unless_closed(folder)
    assert "closed to us" in refused.value.why


def test_a_message_looks_another_once_anything_of_it_or_of_the_settings_changes(folder):
    message = lay(folder, WHOLE)

    def look(**changes):
        return next(messages_in(folder, settings(folder, **changes))).print

    prints = [look(), look(services=["urn:a"])]
    for change in (
        lambda: (message / "message.pdf").write_bytes(PAPER + b"."),
        lambda: os.utime(message / "message.pdf", (1, 1)),
        lambda: (message / "more").write_bytes(b""),
        lambda: (message / "more").unlink(),
        lambda: (message / "metadata.xml").chmod(0o644),
    ):
        assert look() == look()
        change()
        prints.append(look())
    assert len(set(prints)) == len(prints)


@pytest.mark.parametrize(
    "changes",
    [
        {"parties": []}, {"parties": [COURTS]}, {"parties": [COURTS | {"state": "xa"}]}, {"us": COURTS}, {"settle_seconds": 1},
        {"parties": [COURTS | {"state": "XA"}, COURTS | {"state": "XB"}]}, {"verify_signature": True},
    ],
)  # fmt: skip
def test_settings_that_say_too_little_or_two_things_are_refused(changes):
    with pytest.raises(ValidationError):
        settings("IN", **changes)


@given(st.binary(max_size=300) | st.integers(0, 900).map(lambda at: described()[:at]))
def test_whatever_is_written_is_read_or_refused(content):
    with pytest.raises(ValueError, match=r"."):
        read_metadata(content)


@given(at=st.integers(0, len(described()) - 1), byte=st.integers(0, 255))
def test_a_byte_that_was_changed_is_read_as_it_stands_or_refused(at, byte):
    content = bytearray(described())
    content[at] = byte
    try:
        read_metadata(bytes(content))
    except ValueError:
        return


def facts(folder, *, named="XA", paper=PAPER, metadata=None, **changes):
    lay(folder, WHOLE)
    found = taken(folder)
    handover = found.handover.model_copy(update={"named": named} | changes)
    return {fact.code: fact for fact in handover_facts(handover, metadata or found.metadata, paper, at=AT)}


def test_the_sheet_says_who_handed_it_over_and_that_no_signature_was_looked_at(folder):
    found = facts(folder)
    assert [each.result for each in found.values()] == [Result.CONFIRMED] * 2
    assert "gateway-xa" in found["A6"].found
    assert "the gateway that the operator runs" in found["A6"].found
    assert "the desk did not" in found["A6"].not_shown
    assert found["A6"].raw == hashlib.sha256(described()).hexdigest()


@pytest.mark.parametrize(
    ("changes", "code", "result"),
    [
        ({"paper": PAPER + b"."}, "A6", Result.CONTRADICTED),
        ({"metadata": described("m2@gateway-xa")}, "A6", Result.CONTRADICTED),
        ({"metadata": described(sender=COURTS | {"id": "x"})}, "A6", Result.CONTRADICTED),
        ({"metadata": b"<a/>"}, "A6", Result.CONTRADICTED),
        ({"message_id": "m2"}, "A6", Result.CONTRADICTED),
        ({"named": "XB"}, "A7", Result.CONTRADICTED),
        ({"named": None}, "A7", Result.NOT_CHECKED),
    ],
)
def test_what_does_not_fit_is_a_fact_against_it(folder, changes, code, result):
    assert facts(folder, **changes)[code].result is result


def test_the_facts_are_derived_again_from_what_is_kept_and_older_evidence_has_none(folder):
    lay(folder, WHOLE)
    found = taken(folder)
    evidence = Evidence(original=PAPER, at=AT, handover=found.handover, metadata=found.metadata)
    plain, files = to_plain(evidence)
    assert from_plain(plain, files) == evidence
    assert {fact.code for fact in sheet_of(evidence).facts} >= {"A6", "A7"}
    older = {name: value for name, value in plain.items() if name not in ("handover", "metadata")}
    assert from_plain(older, files) == Evidence(original=PAPER, at=AT)
    assert TYPE in str(found.handover.by)
