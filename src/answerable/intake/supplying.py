"""What does the provider set down beside a paper? The same strictness as for a paper: docs/formats/supplied.md."""

from __future__ import annotations

import json
from typing import NoReturn

from pydantic import ValidationError

from answerable.casefile.supplied import Supplied
from answerable.errors import MalformedDemand
from answerable.intake.reading import no_constant, once, places

_LARGEST = 1024 * 1024


def read_supplied(content: bytes) -> Supplied:
    """Return what was set down beside a paper. Refuses everything else with `MalformedDemand`."""
    if len(content) > _LARGEST:
        _refuse("They are larger than 1 MB.")
    try:
        plain = json.loads(content.decode("utf-8"), object_pairs_hook=once, parse_constant=no_constant)
        return Supplied.model_validate_json(json.dumps(plain))
    except ValidationError as fault:
        _refuse(places(fault), fault)
    except (ValueError, RecursionError) as fault:
        _refuse("They are not JSON in UTF-8, or a key is written twice.", fault)


def _refuse(why: str, cause: Exception | None = None) -> NoReturn:
    raise MalformedDemand(
        "intake.not-supplied",
        what="The facts beside the paper cannot be read.",
        why=why,
        next_step="Write them as docs/formats/supplied.md says; what is not known is left out.",
    ) from cause
