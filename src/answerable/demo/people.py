"""Who works at the demo's desk? Two reviewers and an officer, made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from answerable.demo.setting_up import Demo
    from answerable.desk.models import Account, Case
    from answerable.desk.wiring import Desk

QUEUE = ("lawful", "emergency", "broad", "forged", "bulk", "removal", "preservation")


def reviewers() -> list[Account]:
    """Return the two reviewers, opened where they are missing."""
    from answerable.desk import moves
    from answerable.desk.models import Account

    return [
        moves.open_account(username="mara", name="Mara Visser", role=Account.Role.REVIEWER),
        moves.open_account(username="jonas", name="Jonas Okafor", role=Account.Role.REVIEWER),
    ]


def officer() -> Account:
    """Return the officer of the demo's court, opened where it is missing."""
    from answerable.desk import moves
    from answerable.desk.models import Account

    court = "de-musterstadt-court"
    return moves.open_account(username="officer", name="Ina Albrecht", role=Account.Role.OFFICER, authority=court)


def send_queue(machine: Desk, demo: Demo) -> dict[str, Case]:
    """Return the seven cases by name, each demand sent in once."""
    from answerable.desk import moves

    sender = officer()
    return {name: moves.receive(machine, demo.demand(name), channel="portal", actor=sender) for name in QUEUE}
