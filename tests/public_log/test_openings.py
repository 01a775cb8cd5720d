"""Does what is opened lead to what was sealed, and does a log that breaks its promises, or itself, show it?"""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.public_log.worlds import World, fields, policy, seed

from answerable.errors import VerificationFailed
from answerable.public_log import bundles, leaves, receipt, slots, tiles
from answerable.verify.grammar import Grammar
from answerable.verify.log import verify_log
from answerable.verify.tree import Bundle


def why(world: World) -> str:
    found = verify_log(world.files())
    return "" if found.passed else f"{found.checks[-1].name}: {found.checks[-1].detail}"


def chain() -> World:
    """Two events of one case and one of another, in three epochs."""
    world = World().promise().epoch({7: fields("a", reason="first")})
    before = world.trees[1][7].hex()
    return world.epoch({200: fields("a", before), 3: fields("b")}).epoch()


def test_an_opened_event_is_read_and_leads_to_its_epoch():
    world = chain()
    world.opening(world.event(1, 7), world.event(2, 200))
    found = verify_log(world.files())
    assert found.passed, why(world)
    assert found.opened.fields[1, 7]["reason"] == "first"
    assert found.opened.fields[2, 200]["previous"] == world.trees[1][7].hex()


@settings(max_examples=25, deadline=None)
@given(st.sets(st.integers(0, 31), min_size=1, max_size=6))
def test_a_part_shows_its_fields_and_no_other(shown):
    world = chain()
    values, secret = world.events[1, 7]
    opening = receipt.Opening.of(
        values, secret, shown=sorted(shown), tree=world.trees[1], at=(1, 7),
        decoy_commitment=slots.decoy_commitment(world.decoys(1)),
    )  # fmt: skip
    world.opening(bundles.part(opening))
    found = verify_log(world.files())
    assert found.passed, why(world)
    assert len(found.opened.fields[1, 7]) == len(shown)


def test_every_bundle_has_one_size():
    world = chain()
    world.opening(*world.whole(1), *world.whole(3))
    assert {len(content) for content in world.opened.values()} == {bundles.SIZE}


def test_two_opened_events_of_one_predecessor_prove_misconduct():
    world = World().promise().epoch({7: fields("a")})
    before = world.trees[1][7].hex()
    world.epoch({1: fields("a", before, decision="refuse"), 2: fields("a", before, decision="answer")})
    world.opening(world.event(2, 1))
    assert why(world) == ""
    world.opening(world.event(2, 2))
    assert "proves misconduct" in why(world)
    assert "opening/3/0 and opening/4/0" in why(world)


def test_two_first_events_of_one_case_prove_it_too_and_of_two_cases_do_not():
    world = World().promise().epoch({1: fields("a"), 2: fields("b"), 3: fields("a", reason="again")})
    world.opening(world.event(1, 1), world.event(1, 2), world.event(1, 1))
    assert why(world) == ""
    world.opening(world.event(1, 3))
    assert "proves misconduct" in why(world)


@pytest.mark.parametrize("seal", [1, 2, 4])
def test_an_epoch_older_than_the_longest_seal_must_be_open(seal):
    world = World().promise(longest_seal_days=seal)
    for number in range(1, 7):
        world.epoch({9: fields("a", str(number))})
        if number > seal:
            assert "older than the longest seal" in why(world)
            world.opening(*world.whole(number - seal))
        assert why(world) == ""


def test_a_policy_cannot_seal_for_longer_what_was_promised_before():
    world = World().promise(longest_seal_days=2).epoch().promise(longest_seal_days=900, effective_epoch=3)
    world.epoch().epoch()
    assert "epoch 1." in why(world)
    world.opening(*world.whole(1)).epoch().opening(*world.whole(2)).epoch().epoch()
    assert why(world) == ""


@pytest.mark.parametrize("forget", ["event", "decoy", "seed"])
def test_every_slot_of_an_epoch_is_accounted_for(forget):
    world = World().promise(longest_seal_days=1).epoch({5: fields("a"), 6: fields("b")}).epoch()
    shown = world.whole(1)
    if forget == "event":
        shown = shown[1:]
    elif forget == "decoy":
        shown = shown[:-1]
    else:
        shown[-1] = shown[-1].model_copy(update={"seed": seed("another")})
    assert why(world.opening(*shown)) != ""


def test_what_law_limits_to_bands_stays_closed_in_as_many_slots_as_promised():
    kept = (3, 50, 99)
    sealed = fields("secret")
    worlds = [
        World()
        .promise(longest_seal_days=1, reserved_slots=3)
        .epoch(events | {5: fields("a")}, closed=kept)
        .epoch(closed=kept)
        for events in ({}, {50: sealed}, {3: sealed, 50: fields("secret", "x"), 99: fields("other")})
    ]
    for world in worlds:
        shown = world.whole(1)
        assert why(world.opening(*shown)) == ""
    assert len({tuple((path, len(content)) for path, content in world.files().items()) for world in worlds}) == 1
    fewer = World().promise(longest_seal_days=1, reserved_slots=2).epoch(closed=kept).epoch(closed=kept)
    assert "other slots closed" in why(fewer.opening(*fewer.whole(1)))


@pytest.mark.parametrize("kind", ["slot", "epoch", "later", "seed", "fields", "proof"])
def test_an_opening_that_does_not_lead_there_is_refused(kind):
    world = chain()
    event = world.event(1, 7)
    change = {"slot": {"slot": 8}, "epoch": {"epoch": 2}, "later": {"epoch": 4}, "seed": {"seed": seed("x")},
              "fields": {"fields": fields("c")}, "proof": {"proof": event.proof[1:]}}[kind]  # fmt: skip
    assert "opening/4/0" in why(world.opening(event.model_copy(update=change)))


def test_every_flipped_byte_of_a_bundle_is_seen_and_so_is_a_bundle_more():
    world = chain()
    world.opening(world.event(1, 7))
    files = world.files()
    content = files["opening/4/0"]
    for at in [*range(0, 3000, 7), len(content) - 1]:
        broken = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
        assert not verify_log({**files, "opening/4/0": broken}).passed, at
    assert not verify_log({**files, "opening/4/1": content}).passed
    assert not verify_log({path: kept for path, kept in files.items() if path != "opening/4/0"}).passed


@pytest.mark.parametrize(
    ("leaf", "named"),
    [
        (policy(effective_epoch=2), "too early"),
        (policy(effective_epoch=3, origin="log.example/two"), "not one of this log"),
        (policy(effective_epoch=3, slot_capacity=300), "not one of this log"),
        (leaves.Epoch(number=3, slot_count=256, slot_root=bytes(32), decoy_commitment=bytes(32)), "missing or out of order"),
        (leaves.Epoch(number=2, slot_count=1024, slot_root=bytes(32), decoy_commitment=bytes(32)), "other slots"),
    ],
)  # fmt: skip
def test_a_leaf_out_of_turn_is_named_with_its_index(leaf, named):
    world = World().promise().epoch()
    world.leaves.append(leaves.render(leaf))
    assert named in why(world)
    assert "index 2" in why(world)


def test_a_period_that_is_told_twice_is_seen():
    told = leaves.Period(
        period="2026-H2", rows=4, table_root=bytes(32), report_sha512="0" * 128, query_sha512="1" * 128
    )
    world = World().promise().epoch()
    world.leaves.append(leaves.render(told))
    assert why(world) == ""
    world.leaves.append(leaves.render(told.model_copy(update={"rows": 5})))
    assert "A period is in the log twice" in why(world)


def test_a_policy_changes_slots_an_epoch_later():
    world = World().promise().epoch().promise(slot_capacity=1024, effective_epoch=3).epoch()
    assert why(world.epoch(capacity=1024)) == ""


def test_a_long_run_of_epochs_is_judged_as_each_of_them_is():
    """The column by column check of full bundles accepts and refuses what the leaf by leaf check does."""
    world = World().promise()
    for number in range(1, 600):
        world.trees[number] = ()
        world.leaves.append(leaves.render(leaves.Epoch(number=number, slot_count=256, slot_root=seed(number), decoy_commitment=seed("c", number))))  # fmt: skip
    assert why(world) == ""
    first = Grammar("log.example/one")
    first.judge(Bundle("x", 0, 256), world.leaves[:256])
    good, second = world.leaves[257], tiles.bundle(world.leaves[256:512])
    begins = len(tiles.bundle(world.leaves[256:257]))
    for at in range(begins, begins + 2 + len(good)):
        for flip in (1, 0x20, 0x80):
            content = second[:at] + bytes([second[at] ^ flip]) + second[at + 1 :]
            try:
                spelled = leaves.parse((tiles.unbundle(content) or [b"", b""])[1])
            except VerificationFailed:
                spelled = None
            allowed = isinstance(spelled, leaves.Epoch) and (spelled.number, spelled.slot_count) == (257, 256)
            assert _is_judged_good(first, content) is allowed, (at, flip)
    assert _is_judged_good(first, second)
    assert not _is_judged_good(first, second + tiles.bundle([good]))


def indices(judge):
    return [judge.index_of(epoch) for epoch in range(1, judge.epochs + 1)]


def _is_judged_good(first, content):
    """As `verify_tree` has it judged: in brief where all is said in brief, and else each of its entries."""
    judge, bundle = copy.deepcopy(first), Bundle("x", 256, 256)
    said, cut = judge.brief(content, 256), tiles.unbundle(content)
    if cut is None or len(cut) != 256:
        return False
    try:
        judge.take(bundle, said) if said else judge.judge(bundle, cut)
    except VerificationFailed:
        return False
    assert indices(judge) == list(range(1, 512))
    return True


@pytest.mark.parametrize(
    ("number", "slot_count", "effective", "named"),
    [
        (256, 256, (), ""),
        (256, 1024, (256,), ""),
        (257, 256, (), "index 256: epoch 256 is expected"),
        (255, 256, (), "index 256: epoch 256 is expected"),
        (256, 1024, (), "index 256: 1024 slots"),
        (256, 256, (300,), "index 300: 256 slots"),
        (256, 256, (300, 310), "index 300: 256 slots"),
        (256, 1024, (300,), "index 256: 1024 slots"),
    ],
)
def test_epochs_that_are_judged_in_brief_are_named_as_each_would_be(number, slot_count, effective, named):
    """Policies that take effect in the middle of a bundle among them, one and back again."""

    def epoch(at, slots=256):
        return leaves.render(
            leaves.Epoch(number=at, slot_count=slots, slot_root=seed(at), decoy_commitment=seed("c", at))
        )

    policies = [policy()] + [policy(effective_epoch=at, slot_capacity=1024 if each % 2 == 0 else 256) for each, at in enumerate(effective)]  # fmt: skip
    row = [epoch(at, slot_count) for at in range(number, number + 256)]
    said = []
    for in_brief in (True, False):
        judge = Grammar("log.example/one")
        judge.judge(Bundle("x", 0, len(policies)), [leaves.render(each) for each in policies])
        judge.judge(
            Bundle("x", len(policies), 256 - len(policies)), [epoch(at) for at in range(1, 256)][: 256 - len(policies)]
        )
        judge._close(0, 255 - judge.epochs)
        try:
            if in_brief:
                judge.take(Bundle("y", 256, 256), judge.brief(tiles.bundle(row), 256))
            else:
                judge.judge(Bundle("y", 256, 256), row)
            said.append(("", indices(judge)))
        except VerificationFailed as fault:
            said.append((fault.why, []))
    assert said[0] == said[1]
    assert named in said[0][0] and bool(named) is bool(said[0][0])


def test_slots_of_more_digits_than_a_number_may_have_are_refused_as_any_other_leaf():
    row = [b"answerable/epoch/v1\n%d\n%s\n%s\n%s\n" % (at, b"9" * 5000, b"A" * 43 + b"=", b"A" * 43 + b"=") for at in range(256, 512)]  # fmt: skip
    judge = Grammar("log.example/one")
    assert judge.brief(tiles.bundle(row), 256) is None
    with pytest.raises(VerificationFailed, match="cannot be read"):
        judge.judge(Bundle("x", 256, 256), row)


def test_a_log_that_begins_with_epochs_is_refused_in_brief_too():
    row = [leaves.render(leaves.Epoch(number=at, slot_count=256, slot_root=bytes(32), decoy_commitment=bytes(32))) for at in range(1000, 1256)]  # fmt: skip
    judge = Grammar("log.example/one")
    with pytest.raises(VerificationFailed, match="first leaf"):
        judge.take(Bundle("x", 0, 256), judge.brief(tiles.bundle(row), 256))


@given(st.binary(max_size=300))
def test_no_bytes_are_a_bundle_but_those_that_were_made(content):
    with pytest.raises(VerificationFailed):
        bundles.parse(content)
