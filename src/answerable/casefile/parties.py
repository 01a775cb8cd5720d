"""Who asks, who answers?"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from answerable.casefile.encoding import Record
from answerable.casefile.epoc import Country, Language, Line


def _known_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
        raise ValueError("no time zone of this name is known here") from fault


AuthorityKind = Literal[
    "judge", "prosecutor", "police", "intelligence", "regulator", "agency", "ministry", "party", "other"
]


class Authority(Record):
    """A record of the directory: found there by us, never taken from the demand.

    `certificates` are SHA-256 fingerprints (hex) of the seals it is known to use; `organisation_identifier` is the one
    in those certificates; `source` and `added_on` say where the record comes from and since when.
    """

    id: str
    name: Line
    country: Country
    kind: AuthorityKind
    organisation_identifier: Line | None = None
    certificates: tuple[str, ...] = ()
    telephone: Line | None = None
    source: Line
    added_on: date


class Provider(Record):
    """The service that answers, as it entered itself in the Court database.

    `languages` are those it accepts (Art. 9(4)); `member_state` is that of its establishment or representative;
    `services` are the names it is known by; `identifier_threshold` is the number of identifiers from which a demand
    counts as bulk; `bound_by` are further States whose law binds it, as those of other establishments.
    """

    name: Line
    addressee: Line
    addressee_kind: Literal["designated_establishment", "legal_representative"]
    member_state: Country
    address: Line
    email: Line
    tel: Line | None = None
    contact_person: Line
    contact_post: Line
    languages: tuple[Language, ...]
    services: tuple[Line, ...]
    zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    identifier_threshold: Annotated[int, Field(ge=2, le=1_000)] = 50
    bound_by: tuple[Country, ...] = ()
