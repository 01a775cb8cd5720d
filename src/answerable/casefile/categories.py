"""Which kinds of data does the law tell apart, and what may each be called?

Four legal classes (Regulation (EU) 2023/1543, Art. 3(9) to (12)), each divided into the lines that Annex I, Section F
prints. A category is written `class.kind`, the same word in a data map, a scope, a plan and a package.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DataClass(StrEnum):
    """A legal class of data."""

    SUBSCRIBER = "subscriber"
    IDENTIFICATION = "identification"
    TRAFFIC = "traffic"
    CONTENT = "content"


@dataclass(frozen=True, slots=True)
class Category:
    """One line of Section F. `box` is our code for its tick box; `label` is what a reviewer reads."""

    code: str
    data_class: DataClass
    box: str
    label: str


_TABLE: tuple[tuple[str, str, str], ...] = (
    ("subscriber.identity", "a1", "name, date of birth, address, contact details"),
    ("subscriber.registration", "a2", "date and manner of registration"),
    ("subscriber.service", "a3", "type and duration of service, devices at registration"),
    ("subscriber.profile", "a4", "profile: user name, screen name, photograph"),
    ("subscriber.validation", "a5", "data validating the use of the service"),
    ("subscriber.payment", "a6", "means of payment given for billing"),
    ("subscriber.puk", "a7", "PUK codes"),
    ("subscriber.other", "a8", "other subscriber data"),
    ("identification.connection", "b1", "IP connection records, to identify the user only"),
    ("identification.other", "b3", "other data to identify the user only"),
    ("traffic.call_parties", "c.i.1", "telephony: calling and called identifiers"),
    ("traffic.call_time", "c.i.2", "telephony: time and duration of connections"),
    ("traffic.call_attempts", "c.i.3", "telephony: call attempts"),
    ("traffic.call_cell", "c.i.4", "telephony: base station at start and end"),
    ("traffic.call_service", "c.i.5", "telephony: bearer or teleservice used"),
    ("traffic.call_other", "c.i.6", "telephony: other traffic data"),
    ("traffic.routing", "c.ii.1", "internet: source and destination, ports, browser, message headers"),
    ("traffic.cell", "c.ii.2", "internet: base station at start and end"),
    ("traffic.volume", "c.ii.3", "internet: volume of data"),
    ("traffic.time", "c.ii.4", "internet: date and time of connections"),
    ("traffic.duration", "c.ii.5", "internet: duration of connections or sessions"),
    ("traffic.internet_other", "c.ii.6", "internet: other traffic data"),
    ("traffic.logs", "c.iii.1", "hosting: log files"),
    ("traffic.tickets", "c.iii.2", "hosting: tickets"),
    ("traffic.hosting_other", "c.iii.3", "hosting: other traffic data"),
    ("traffic.purchases", "c.iv.1", "purchase history"),
    ("traffic.prepaid", "c.iv.2", "prepaid charging history"),
    ("traffic.other", "c.iv.3", "other traffic data"),
    ("content.mailbox", "d1", "mailbox"),
    ("content.storage", "d2", "online storage"),
    ("content.pages", "d3", "pages and posts"),
    ("content.messages", "d4", "messages"),
    ("content.voicemail", "d5", "voicemail"),
    ("content.server", "d6", "server contents"),
    ("content.backup", "d7", "device backup"),
    ("content.contacts", "d8", "contact list"),
    ("content.other", "d9", "other content data"),
)

CATEGORIES: dict[str, Category] = {
    code: Category(code, DataClass(code.partition(".")[0]), box, label) for code, box, label in _TABLE
}
BY_BOX: dict[str, Category] = {category.box: category for category in CATEGORIES.values()}


def data_class(code: str) -> DataClass:
    """Return the legal class of a category code. Refuses an unknown code with `KeyError`."""
    return CATEGORIES[code].data_class
