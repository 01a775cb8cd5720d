"""Whose access points may hand a demand over to us, and what did one write when it did?

A State's own system reaches a service through access points (AS4). That of the service, or the one a State runs for it,
checks who sent a message, and lays the message down in a folder. What it wrote beside the payload is read here as records.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from answerable.casefile.encoding import Record
from answerable.casefile.scope import Moment

Name = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Party(Record):
    """One end of a message, as ebMS 3.0 names it: an identifier, the type of the identifier, and a role."""

    id: Name
    type: Name
    role: Name

    def __str__(self) -> str:
        return f"{self.id} ({self.type}, {self.role})"


class StateParty(Party):
    """An access point that may hand demands over, and the State that it stands for."""

    state: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]

    @property
    def party(self) -> Party:
        """The end of a message alone."""
        return Party(id=self.id, type=self.type, role=self.role)


class Part(Record):
    """One payload of a message: where the message refers to it, its media type, and the name it had."""

    href: Name
    media_type: Name
    file_name: Name | None = None


class UserMessage(Record):
    """What an access point wrote of a message. Nothing of it is proved by itself: whoever writes the file writes all of it."""

    message_id: Name
    sender: Party
    receiver: Party
    service: Name
    action: Name
    conversation: Name | None = None
    final_recipient: Annotated[str, Field(min_length=1, max_length=1024)] | None = None
    parts: Annotated[tuple[Part, ...], Field(min_length=1, max_length=20)]


class Handover(Record):
    """How a demand was handed over: by whom, as our settings said then, and when the access point laid it down.

    `named` is the State that the paper itself names, once it was read.
    """

    message_id: Name
    by: StateParty
    to: Party
    at: Moment
    paper: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the payload that is the demand")]
    named: str | None = None
