"""Which agency signs its officers on itself: which server speaks for which record of the directory, and who are we there?"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, model_validator

from answerable.casefile.directory import RecordId
from answerable.casefile.encoding import Record
from answerable.errors import NotConfigured

# TLS, or this machine itself: tests and a trial. No user, query or fragment; compared letter by letter with what it says.
ISSUER = r"^(https://[a-z0-9.-]+|http://(127\.0\.0\.1|localhost))(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?$"


class Pin(Record):
    """One issuer, pinned to one `record` of the directory: it vouches for that office's people and for nobody else's.

    `client_secret_env` and `client_secret_file` name where our secret stands; it never stands in the settings.
    """

    record: RecordId
    issuer: Annotated[str, StringConstraints(pattern=ISSUER, max_length=500)]
    client_id: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]+$", max_length=255)]
    client_secret_env: Annotated[str, StringConstraints(pattern=r"^[A-Z_][A-Z0-9_]*$")] | None = None
    client_secret_file: Annotated[str, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _names_a_port_and_one_secret(self) -> Self:
        urlsplit(self.issuer).port  # noqa: B018 - refuses a port that is none
        if (self.client_secret_env is None) == (self.client_secret_file is None):
            raise ValueError("client_secret_env or client_secret_file, one of them")
        return self

    def secret(self) -> str:
        """Return our secret at this server. Refuses where it is not where the settings say."""
        try:
            found = (
                Path(self.client_secret_file).read_text(encoding="utf-8")
                if self.client_secret_file
                else os.environ.get(self.client_secret_env or "", "")
            ).strip()
        except (OSError, UnicodeDecodeError):
            found = ""
        if not found:
            raise NotConfigured(
                "agency.no-secret",
                what=f"The secret for the sign-on of {self.record} is missing.",
                why="It is not where client_secret_env or client_secret_file says.",
                next_step="Put it there and start the desk again; docs/run/settings.md, under `sign_in`.",
            )
        return found
