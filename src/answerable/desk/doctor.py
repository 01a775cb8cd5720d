"""Is a desk fit to work? Each thing it needs is looked at, and what is wrong says how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from answerable.adapters.access_point import refuse_unless_closed
from answerable.adapters.agency import Pin, ask_server
from answerable.adapters.mirroring import check_place
from answerable.adapters.sandbox import Layers
from answerable.adapters.sources import store_facts
from answerable.adapters.trusted_lists import import_lists
from answerable.assess.checking import check_law
from answerable.collect.checking import examine_store
from answerable.desk.home import Home
from answerable.desk.starting import start
from answerable.desk.wiring import Desk, wire
from answerable.errors import AnswerableError, NotConfigured
from answerable.law.register import Law
from answerable.verify.check import Check


def examine(folder: Path) -> Iterator[Check]:
    """Yield each check of the desk in `folder`; after one that the rest stands on fails, the rest is left out."""
    home = Home(folder)
    wired: list[Desk] = []
    for name, look in (
        ("settings (desk.yaml)", home.settings),
        ("directory (directory.yaml)", home.directory),
        ("keys, trust, data map and law packs", lambda: wired.append(wire(home))),
        ("database", lambda: start(folder)),
    ):
        check = _tried(name, look)
        yield check
        if not check.passed:
            return
    yield from _of(wired[0])


def _of(desk: Desk) -> Iterator[Check]:
    from answerable.desk.queries import desk_promises, newest_checkpoint, troubles

    open_keys = [path.name for path in sorted(desk.home.keys.iterdir()) if path.stat().st_mode & 0o077]
    yield Check(
        name="keys are closed to other accounts",
        passed=not open_keys,
        detail=f"chmod 600 {' '.join(open_keys)}" if open_keys else "",
    )
    yield Check(name="at least one root of trust", passed=bool(desk.trust_roots), detail="" if desk.trust_roots else
                "put a certificate into trust/: until then no demand can be proved genuine")  # fmt: skip
    yield from _coming_in(desk)
    yield from at_access_point(desk)
    yield from _evidence(desk)
    yield from walls(desk.sandbox.available())
    for store in desk.data_map.stores:
        yield _store(desk, store)
    for law in desk.own_laws:
        yield _checked(law)
    worker_is_there, failed = troubles(desk)
    yield Check(
        name="the worker is there", passed=worker_is_there, detail="" if worker_is_there else "answerable worker"
    )
    yield Check(
        name="no work has failed",
        passed=not failed,
        detail="; ".join(f"{each.reference}: {each.code}" for each in failed),
    )
    yield from desk_promises(desk)
    if newest_checkpoint() is not None:
        yield from check_place(str(desk.home.log), key=desk.signer.verifier_key).checks


def _coming_in(desk: Desk) -> Iterator[Check]:
    """Yield whether people can come in by a passkey alone."""
    settings = desk.settings.sign_in
    yield Check(
        name="passkeys can be registered",
        passed=settings.address is not None,
        detail=settings.address
        or "set sign_in: {address: https://…} in desk.yaml: until then links alone let people in",
    )
    if settings.links_alone:
        yield Check(name="links let in for good", passed=True, detail="sign_in.links_alone is for a demo")
    for pin in settings.agencies:
        yield _tried(f"{pin.record} signs its officers on", partial(_agency, desk, pin))


def at_access_point(desk: Desk) -> Iterator[Check]:
    """Yield whether what a State's own system hands over can be believed to come from it."""
    if desk.settings.state_system:
        folder = desk.home.folder / desk.settings.state_system.folder
        yield _tried("the access point's folder is the gateway's alone", partial(refuse_unless_closed, folder))


def _agency(desk: Desk, pin: Pin) -> None:
    """Refuse an agency whose secret or record is missing, or whose server does not answer as it is pinned."""
    from answerable.desk.moves.agencies import refuse_unless_listed

    pin.secret()
    refuse_unless_listed(desk, pin)
    ask_server(pin)


def _evidence(desk: Desk) -> Iterator[Check]:
    """Yield what the evidence sheet can rest on here, beside the papers themselves."""
    asks = (
        "the machine's resolver, or those of desk.yaml"
        if desk.settings.dns
        else "nobody: no signature of a mail is checked"
    )
    yield Check(name="whom a mail's signatures are asked of", passed=True, detail=asks)
    if desk.settings.revocation:
        found = desk.revocation()
        held = f"{len(found.crls)} lists, {len(found.ocsps)} answers"
        yield Check(
            name="revocation data can be read",
            passed=not found.unreadable,
            detail=f"{held}; not: {', '.join(found.unreadable[:5])}" if found.unreadable else held,
        )
    if desk.settings.trusted_lists:
        yield _tried("trusted lists hold, and are not expired", lambda: _lists(desk))


def _lists(desk: Desk) -> None:
    """Refuse a folder of trusted lists of which none holds today."""
    lists = import_lists(desk.home.folder / str(desk.settings.trusted_lists), at=desk.now())
    expired = [each.territory for each in lists.accepted if each.expired(desk.now())]
    if not lists.accepted or expired:
        raise NotConfigured(
            "trusted-lists.none-holds",
            what="No trusted list can be relied on today." if not lists.accepted else "Some trusted lists are expired.",
            why=f"Expired: {', '.join(expired)}." if expired else "None of them was signed by whom it must be.",
            next_step="Put the newest lists into the folder, with the certificates of the Official Journal in pinned/.",
        )


def _store(desk: Desk, name: str) -> Check:
    """Return whether a store is as the data map says; `answerable stores check` tells more of it."""
    remarks = examine_store(desk.data_map, store_facts(desk.data_map, desk.settings.stores, name, now=desk.now))
    wrong = [f"{each.place}: {each.says} {each.next_step}".strip() for each in remarks if each.must_mend]
    more = f" And {len(wrong) - 3} more: answerable stores check." if len(wrong) > 3 else ""
    return Check(name=f"store “{name}” is as the data map says", passed=not wrong, detail=" ".join(wrong[:3]) + more)


def _checked(law: Law) -> Check:
    """Return whether a law pack of one's own says what its table of cases says."""
    name = f"{law.pack.name} says what its cases say"
    try:
        wrong = [f"{case}: {why}" for case, why in check_law(law) if why]
    except AnswerableError as fault:
        wrong = [f"{fault.what} {fault.why} ({fault.code})"]
    more = f"; and {len(wrong) - 3} more" if len(wrong) > 3 else ""
    return Check(name=name, passed=not wrong, detail="; ".join(wrong[:3]) + more)


def walls(layers: Layers) -> Iterator[Check]:
    """Yield whether papers are read behind walls here, with the walls that hold and why others do not."""
    missing = "; ".join(f"{name}: {why}" for name, why in layers.missing.items())
    mend = "docs/run/sandbox.md says how each is had"
    held = f"network: {', '.join(layers.network)}; processes: {', '.join(layers.processes)}"
    yield Check(
        name="papers are shut in: no network, little memory, little time",
        passed=layers.is_enough,
        detail=held + (f"; without {missing}" if missing else "")
        if layers.is_enough
        else f"{' '.join(layers.against)} Nothing is drawn. {missing}; {mend}",
    )
    yield Check(
        name="papers see no file of this machine",
        passed=bool(layers.files),
        detail=", ".join(layers.files) if layers.files else f"{missing}; {mend}",
    )


def _tried(name: str, look: Callable[[], object]) -> Check:
    try:
        look()
    except AnswerableError as fault:
        return Check(name=name, passed=False, detail=f"{fault.what} {fault.why} {fault.next_step} ({fault.code})")
    return Check(name=name, passed=True)
