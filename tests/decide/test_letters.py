"""Which letters does a case get, in which language, and does each say what it must?"""

import pytest
from tests.decide.matters import CONFLICT, REQUIRED, make

from answerable.casefile.categories import CATEGORIES
from answerable.decide.letters import (
    NOT_FOR_THE_AUTHORITY,
    annex_iii,
    asked_of_authority,
    enforcement_objection,
    letter_kinds,
    letter_language,
    letters_for,
    motion,
    notice_to_person,
    notices,
    people_concerned,
    people_to_tell,
    preservation,
    reinstatement,
    tco_feedback,
    tco_impossibility,
)

UNDER_SEAL = {"secrecy": {"kind": "ordered", "by": "judge"}}
SILENT_LETTER = {"secrecy": {"kind": "ordered", "by": "official"}}
AN_ACCOUNT = {"asked.0.boxes": ["a1"]}


@pytest.mark.parametrize(
    ("instrument", "kind", "given", "kinds"),
    [
        ("eu.epoc", "answer", {}, "covering-letter"),
        ("eu.epoc", "answer in part", {}, "covering-letter annex-iii"),
        ("eu.epoc", "refuse", {}, "covering-letter annex-iii"),
        ("eu.epoc", "contest", {}, "covering-letter annex-iii"),
        ("eu.epoc", "nothing held", {}, "covering-letter annex-iii"),
        ("us.sca.warrant", "answer", {}, "covering-letter notice-to-person"),
        ("us.sca.warrant", "answer", UNDER_SEAL, "covering-letter"),
        ("us.sca.warrant", "refuse", {}, "refusal notice-to-person"),
        ("us.sca.warrant", "contest", {}, "question motion notice-to-person"),
        ("us.sca.warrant", "contest", AN_ACCOUNT, "refusal motion notice-to-person"),
        ("us.sca.warrant", "nothing held", {}, "covering-letter"),
        ("us.sca.emergency", "refuse", {}, "refusal notice-to-person"),
        ("us.nsl", "answer", SILENT_LETTER, "covering-letter reciprocal-notice"),
        ("us.nsl", "contest", SILENT_LETTER, "question motion reciprocal-notice"),
        ("us.nsl", "contest", {}, "question motion notice-to-person"),
        ("us.fisa", "refuse", {}, ""),
        ("eu.tco.removal", "refuse", {}, "tco-annex-iii notice-to-person"),
        ("eu.tco.removal", "carry out", {}, ""),
        ("eu.epoc_pr", "refuse", {"form": "eu.epoc_pr"}, "covering-letter annex-iii"),
        ("us.sca.preservation", "carry out", {}, ""),
        ("us.sca.preservation", "nothing held", {}, "covering-letter"),
        ("eu.dsa.act", "refuse", {}, "dsa-effect notice-to-person"),
        ("eu.dsa.act", "contest", {"items": [{"kind": "remove"}]}, "dsa-effect question notice-to-person"),
        ("eu.dsa.act", "carry out", {}, ""),
        ("eu.dsa.inform", "answer", {}, "covering-letter dsa-effect notice-to-person"),
        ("eu.dsa.inform", "contest", {"legal_basis": None}, "dsa-effect question notice-to-person"),
        ("eu.domestic", "contest", {}, "refusal motion"),
        ("int.foreign", "refuse", {"requester.country": "RU"}, "redirect-mla notice-to-person"),
        ("coe.sap.art7", "contest", {}, "redirect-mla notice-to-person"),
        ("coe.mla", "refuse", {}, "redirect-mla notice-to-person"),
        ("uk.voluntary", "refuse", {}, "refusal notice-to-person"),
        ("uk.ipa.notice", "refuse", {}, "refusal"),
        ("uk.pace", "contest", {}, "refusal motion notice-to-person"),
    ],
)
def test_which_letters_a_case_gets(instrument, kind, given, kinds):
    matter = make(instrument, kind, given)
    assert letter_kinds(matter) == tuple(kinds.split())
    assert set(letters_for(matter)) == set(kinds.split()) - {"notice-to-person"}


PRESERVED = ("eu.epoc_pr", {"form": "eu.epoc_pr"})


@pytest.mark.parametrize(
    ("instrument", "given", "kind", "effect", "kinds"),
    [
        ("eu.tco.removal", {}, "carry out", "removed", "tco-annex-ii notice-to-person"),
        ("eu.tco.removal", {}, "carry out", "access disabled", "tco-annex-ii notice-to-person"),
        ("eu.tco.removal", {}, "carry out", "left unchanged", "tco-annex-iii notice-to-person"),
        ("eu.tco.removal", {}, "put back", "put back", "reinstatement notice-to-person"),
        ("eu.tco.removal", {}, "put back", "left unchanged", "notice-to-person"),
        ("eu.dsa.act", {}, "carry out", "removed", "dsa-effect notice-to-person"),
        ("eu.dsa.act", {}, "carry out", "left unchanged", "dsa-effect notice-to-person"),
        (*PRESERVED, "carry out", "preserved", "preservation"),
        (*PRESERVED, "carry out", "left unchanged", "preservation"),
        ("us.sca.preservation", {}, "carry out", "preserved", "preservation notice-to-person"),
    ],
)
def test_what_was_carried_out_is_told_once_it_was(instrument, given, kind, effect, kinds):
    assert letter_kinds(make(instrument, kind, given)) == ()
    matter = make(instrument, kind, given, effect=effect)
    assert letter_kinds(matter) == tuple(kinds.split())
    for letter in letters_for(matter).values():
        assert "ines-at-the-desk" not in letter.model_dump_json()


def test_a_part_that_stays_is_told_on_the_form_for_it():
    two = {"items": [{"url": f"https://forum.example/t/{number}"} for number in (1, 2)]}
    matter = make("eu.tco.removal", "carry out in part", two, effect="removed")
    matter = matter.model_copy(update={"effects": matter.effects[:1]})
    assert letter_kinds(matter) == ("tco-annex-ii", "tco-annex-iii", "notice-to-person")
    letters = letters_for(matter)
    assert [each.item for each in letters["tco-annex-ii"].done] == ["https://forum.example/t/1"]
    assert [each.item for each in letters["tco-annex-iii"].left] == ["https://forum.example/t/2"]
    assert not letters["tco-annex-iii"].impossible
    tried = make("eu.tco.removal", "carry out", effect="left unchanged")
    assert letters_for(tried)["tco-annex-iii"].impossible
    assert letters_for(tried)["tco-annex-iii"].left[0].reason == "As found."


def test_a_preservation_says_what_is_kept_and_that_nothing_leaves():
    letter = letters_for(make(*PRESERVED[:1], "carry out", PRESERVED[1], effect="preserved"))["preservation"]
    assert "Art. 11(1)" in letter.citation
    assert (len(letter.done), letter.left, letter.follows) == (1, (), False)
    with pytest.raises(TypeError, match="nothing was preserved"):
        preservation(make(*PRESERVED[:1], "carry out", PRESERVED[1]))
    with pytest.raises(TypeError, match="nothing was put back"):
        reinstatement(make("eu.tco.removal", "put back"))


def test_a_foreign_demand_that_binds_is_not_sent_through_another_state():
    given = {"requester.country": "BR"}
    assert "redirect-mla" in letter_kinds(make("int.foreign", "refuse", given, bound_by=[]))
    assert "refusal" in letter_kinds(make("int.foreign", "refuse", given, bound_by=["BR"]))


@pytest.mark.parametrize(
    ("theirs", "ours", "written"),
    [("de", ["en"], "de"), ("fr", ["en"], "fr"), ("pl", ["nl", "fr", "en"], "fr"), ("pl", ["nl"], "en")],
)
def test_the_language_is_theirs_then_ours_then_english(theirs, ours, written):
    matter = make("us.sca.warrant", "refuse", {"language": theirs}, languages=ours)
    assert letter_language(matter.demand, matter.provider) == written
    assert letters_for(matter)["refusal"].language == written


def test_a_law_without_letters_in_a_language_is_answered_in_english(monkeypatch):
    matter = make("us.sca.warrant", "refuse", {"language": "de"})
    monkeypatch.setattr("answerable.law.register.instruments", dict)
    assert letter_language(matter.demand, matter.provider) == "en"


def test_a_refusal_lists_every_ground_and_says_what_stayed():
    given = {"requester.kind": "party", "legal_basis": None, "asked.0.boxes": ["a1", "d4"]}
    matter = make("us.sca.subpoena", "refuse", given)
    letter = letters_for(matter)["refusal"]
    failing = {each.rule for each in matter.assessment.findings if each.outcome == "not met"}
    assert failing and failing <= {each.rule for each in letter.grounds}
    assert all(each.citation for each in letter.grounds)
    assert {part.category for part in letter.withheld} == {"subscriber.identity", "content.messages"}
    assert {part.what for part in letter.withheld} <= {each.label for each in CATEGORIES.values()}
    assert not letter.is_contested


def test_a_question_asks_all_that_is_open_and_names_all_that_is_missing():
    matter = make("eu.dsa.inform", "contest", {"legal_basis": None, "redress": None})
    letter = letters_for(matter)["question"]
    assert {"DS5"} <= {each.rule for each in letter.open}
    assert all(each.question for each in letter.open)
    assert {"DS4", "DS11"} <= {each.rule for each in letter.missing}


def test_the_gdpr_is_cited_only_where_it_binds():
    given = {"requester.country": "RU"}
    assert letters_for(make("int.foreign", "refuse", given, member_state="NL"))["redirect-mla"].under_gdpr
    assert not letters_for(make("int.foreign", "refuse", given, member_state="CH"))["redirect-mla"].under_gdpr


def test_the_objection_to_silence_names_the_days_of_the_law():
    letter = letters_for(make("us.nsl", "answer", SILENT_LETTER))["reciprocal-notice"]
    assert (letter.days, "3511(b)" in letter.citation) == (30, True)


@pytest.mark.parametrize(
    ("given", "boxes"),
    [
        ({}, (False, False)),
        ({"issued_on": "2026-11-29"}, (True, False)),
        ({"items": [{"kind": "remove"}]}, (False, True)),
    ],
)
def test_the_boxes_of_the_form_follow_the_tests(given, boxes):
    matter = make("eu.tco.removal", "contest", given)
    letter = letters_for(matter)["tco-annex-iii"]
    assert (letter.errors, letter.insufficient) == boxes
    assert not letter.impossible
    assert tco_impossibility(matter, impossible=True).impossible
    if any(boxes):
        assert letter.needed


def test_nothing_is_said_to_be_done_before_it_was():
    with pytest.raises(TypeError, match="nothing was done"):
        tco_feedback(make("eu.tco.removal", "contest"))
    form = letters_for(make("eu.tco.removal", "carry out", effect="removed"))["tco-annex-ii"]
    assert (form.removed, form.disabled, [each.measure for each in form.done]) == (True, False, ["removed"])


@pytest.mark.parametrize(
    ("instrument", "kind", "effect", "article", "is_given", "measures"),
    [
        ("eu.dsa.act", "carry out", "removed", "9(1)", True, ["removed"]),
        ("eu.dsa.act", "carry out", "left unchanged", "9(1)", False, []),
        ("eu.dsa.act", "refuse", "", "9(1)", False, []),
        ("eu.dsa.inform", "answer", "", "10(1)", True, []),
        ("eu.dsa.inform", "nothing held", "", "10(1)", False, []),
    ],
)
def test_the_effect_of_an_order_and_when(instrument, kind, effect, article, is_given, measures):
    letter = letters_for(make(instrument, kind, effect=effect))["dsa-effect"]
    assert (letter.article, letter.is_given, [each.measure for each in letter.done]) == (article, is_given, measures)
    assert (letter.given_at is not None) is is_given
    assert bool(letter.answered) is (is_given and instrument == "eu.dsa.inform")


def test_a_motion_offers_the_conflict_of_laws_only_for_content():
    every = [each.title for each in motion(make("us.sca.warrant", "contest")).steps]
    fewer = [each.title for each in motion(make("us.sca.warrant", "contest", AN_ACCOUNT)).steps]
    assert len(every) == len(fewer) + 1
    letter = motion(make("us.sca.warrant", "contest"))
    assert [each.until is not None for each in letter.steps] == [False, True]
    assert [each.rule for each in letter.conflict] == ["U11"]
    assert motion(make("uk.pace", "contest", {"issued_on": None})).conflict == ()
    assert {"motion", "notice-to-person"} == NOT_FOR_THE_AUTHORITY


@pytest.mark.parametrize(
    ("instrument", "given"),
    [
        ("us.sca.warrant", UNDER_SEAL),
        ("us.nsl", SILENT_LETTER),
        ("eu.epoc", {}),
        ("eu.dsa.inform", {"secrecy": {"kind": "ordered", "days": 30}}),
        ("eu.tco.removal", {"secrecy": {"kind": "ordered", "days": 30, "reason": "Safety."}}),
        ("uk.ipa.notice", {}),
    ],
)
@pytest.mark.parametrize("kind", ["answer", "answer in part", "carry out", "contest", "refuse"])
def test_silence_means_no_notice(instrument, given, kind):
    matter = make(instrument, kind, given, effect="removed")
    assert people_to_tell(matter) == ()
    assert list(notices(matter)) == []
    with pytest.raises(TypeError, match="silence binds"):
        notice_to_person(matter, None)


def test_silence_that_has_ended_and_a_missing_rule():
    matter = make("eu.dsa.inform", "answer", {"secrecy": {"kind": "ordered", "days": 30}})
    ended = matter.model_copy(update={"at": matter.notice.silent_until})
    assert len(list(notices(ended))) == 1
    assert list(notices(ended.model_copy(update={"notice": None}))) == []
    assert people_concerned(matter) == people_to_tell(ended) != ()


def test_each_person_is_told_of_nobody_else():
    two = [{"kind": "user", "value": name, "boxes": [box]} for name, box in (("mara.lind", "a1"), ("jon.moe", "a2"))]
    told = list(notices(make("eu.dsa.inform", "answer", {"asked": two})))
    assert [(each.to, each.given, each.outcome) for each in told] == [
        ("mara.lind", ("subscriber.identity",), "given"),
        ("jon.moe", ("subscriber.registration",), "given"),
    ]
    assert "jon.moe" not in told[0].model_dump_json()


def test_an_area_names_nobody_and_nobody_is_told_of_nothing():
    area = {"asked.0.kind": "area", "asked.0.value": "the harbour"}
    assert people_to_tell(make("us.sca.warrant", "refuse", area)) == ()
    assert people_to_tell(make("eu.dsa.inform", "nothing held")) == ()
    (refused,) = notices(make("eu.dsa.inform", "refuse"))
    assert (refused.outcome, refused.given) == ("nothing", ())
    (kept,) = notices(make("eu.dsa.act", "contest"))
    assert (kept.outcome, bool(kept.items), kept.done) == ("nothing", True, ())


@pytest.mark.parametrize(
    ("instrument", "kind", "effect", "outcome"),
    [
        ("eu.dsa.act", "carry out", "removed", "removed"),
        ("eu.tco.removal", "carry out", "access disabled", "removed"),
        ("eu.tco.removal", "put back", "put back", "put_back"),
        ("eu.tco.removal", "carry out", "left unchanged", "nothing"),
        ("us.sca.preservation", "carry out", "preserved", "preserved"),
    ],
)
def test_a_notice_says_what_was_done_and_why(instrument, kind, effect, outcome):
    (notice,) = notices(make(instrument, kind, effect=effect))
    assert (notice.outcome, bool(notice.done)) == (outcome, outcome != "nothing")
    removes = "preservation" not in instrument
    assert bool(notice.reasons) is (removes and outcome != "nothing")
    assert notice.to == ("" if removes else notice.done[0].item.partition(" ")[2])


def test_annex_iii_names_the_certificate_and_answers_nothing_else():
    assert not letters_for(make("eu.epoc", "refuse"))["annex-iii"].is_preservation
    assert letters_for(make("eu.epoc_pr", "refuse", {"form": "eu.epoc_pr"}))["annex-iii"].is_preservation
    other = make("uk.pace", "refuse")
    with pytest.raises(TypeError, match="European certificate"):
        annex_iii(
            decision=other.decision,
            demand=other.demand,
            provider=other.provider,
            assessment=other.assessment,
            at=other.at,
        )


ENFORCED = {"enforcement": REQUIRED}


@pytest.mark.parametrize(
    ("instrument", "kind", "given", "supplied", "kinds"),
    [
        ("eu.epoc", "contest", {}, ENFORCED, "enforcement-objection"),
        ("eu.epoc", "refuse", {"I.kind": "prosecutor"}, ENFORCED, "enforcement-objection"),
        ("eu.epoc_pr", "contest", {"form": "eu.epoc_pr"}, ENFORCED, "enforcement-objection"),
        ("eu.epoc", "answer", {}, ENFORCED, "covering-letter"),
        ("eu.epoc", "contest", {}, {"enforcement": {"transferred_at": "2027-01-04T09:00:00Z"}}, "covering-letter annex-iii"),
        ("eu.epoc", "answer in part", {}, {"conflict": CONFLICT}, "covering-letter annex-iii"),
    ],
)  # fmt: skip
def test_which_letters_follow_from_what_stands_beside_the_paper(instrument, kind, given, supplied, kinds):
    assert letter_kinds(make(instrument, kind, given, supplied=supplied)) == tuple(kinds.split())


def test_an_objection_invokes_what_can_be_invoked_and_names_the_rest():
    given = {"I.kind": "prosecutor", "G.thresholds": [], "G.offence": None}
    letter = enforcement_objection(make("eu.epoc", "contest", given, supplied=ENFORCED))
    assert (letter.to, letter.their_reference) == ("Rechtbank Voorbeeld", "HA 27/12")
    assert [each.citation.partition(", ")[2] for each in letter.grounds] == ["Art. 16(4)(a)", "Art. 16(4)(b)"]
    assert "R2: " in letter.grounds[0].fact
    assert [each.rule for each in letter.others] == ["R1"]
    assert letter.missing == ()
    unnamed = {"enforcement": {**REQUIRED, "names_objection": False}}
    assert [each.rule for each in enforcement_objection(make("eu.epoc", "contest", supplied=unnamed)).missing] == [
        "EN0"
    ]


def test_an_objection_to_preservation_does_not_invoke_that_it_is_no_production():
    given = {"form": "eu.epoc_pr", "I.kind": "other"}
    letter = enforcement_objection(make("eu.epoc_pr", "contest", given, supplied=ENFORCED))
    assert [each.rule for each in letter.grounds] == ["EP1"]
    assert letter.others == ()


def test_that_nothing_leaves_is_no_reason_against_a_preservation_order():
    given = {"form": "eu.epoc_pr", "I.kind": "other"}
    said = " ".join(letters_for(make("eu.epoc_pr", "contest", given))["annex-iii"].explanation)
    assert "A judge or prosecutor ordered or validated the preservation" in said
    assert "It orders production" not in said


def test_nothing_is_objected_that_was_not_required():
    with pytest.raises(TypeError, match="nothing was required"):
        enforcement_objection(make("eu.epoc", "contest"))


@pytest.mark.parametrize(
    ("instrument", "kind", "given", "supplied", "asked"),
    [
        ("eu.epoc", "contest", {"G.offence": None}, None, "clarification"),
        ("eu.epoc", "contest", {"I.kind": "prosecutor"}, None, "other reason"),
        ("eu.epoc", "contest", {"E": {}, "I.kind": "other"}, None, "clarification, other reason"),
        ("eu.epoc", "contest", {}, {"conflict": CONFLICT}, "third-country objection"),
        ("eu.epoc", "contest", {}, ENFORCED, "objection to enforcement"),
        ("eu.epoc", "answer", {}, None, ""),
        ("eu.dsa.inform", "contest", {"legal_basis": None}, None, "clarification"),
        ("us.sca.subpoena", "refuse", {}, None, ""),
    ],
)
def test_what_the_letters_put_to_an_authority(instrument, kind, given, supplied, asked):
    assert ", ".join(asked_of_authority(make(instrument, kind, given, supplied=supplied))) == asked


@pytest.mark.parametrize(
    ("given", "supplied", "told"),
    [
        ({"I.kind": "prosecutor"}, None, ""),
        ({}, {"raised": [{"kind": "privilege", "why": "Section E names counsel."}]}, "The enforcing authority of NL"),
        ({}, {"conflict": CONFLICT}, "The enforcing authority of NL"),
        (
            {"C": {"deadline": "end_10d_ea"}, "K": {"notified": "Rechtbank Voorbeeld"}},
            None,
            "Rechtbank Voorbeeld, which",
        ),
    ],
)
def test_whom_the_form_of_annex_iii_tells_besides(given, supplied, told):
    letter = letters_for(make("eu.epoc", "contest", given, supplied=supplied))["annex-iii"]
    assert letter.told.startswith(told) and bool(letter.told) is bool(told)
    assert (letter.conflict is not None) is (supplied == {"conflict": CONFLICT})
    assert letter.preserved


def test_what_may_not_even_be_kept_goes_back_on_the_form_of_annex_iii():
    matter = make("eu.epoc_pr", "carry out in part", {"form": "eu.epoc_pr"}, effect="preserved")
    narrowed = matter.decision.model_copy(update={"annex_iii": ("D3",)})
    assert letter_kinds(matter.model_copy(update={"decision": narrowed})) == ("preservation", "annex-iii")
