"""How does a browser make a passkey, and how is it asked for one? What the page hands to the browser, and what came back.

Nothing is asked of the maker of the device (no attestation): it would name the device, and proves nothing of its holder.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from pydantic import ValidationError
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from answerable.adapters.site import Site
from answerable.authenticate.account import decoded, encoded
from answerable.casefile.officer import Assertion, PublicPasskey
from answerable.errors import MoveRefused

_LARGEST = 20_000
_PATIENCE = 120_000  # milliseconds


def creation_options(
    site: Site, *, handle: bytes, username: str, name: str, known: Iterable[str], challenge: bytes
) -> str:
    """Return, as JSON, what a browser needs to make a passkey that it keeps by itself and that its holder must unlock."""
    return options_to_json(
        generate_registration_options(
            rp_id=site.host,
            rp_name=site.name,
            user_id=handle,
            user_name=username,
            user_display_name=name,
            challenge=challenge,
            timeout=_PATIENCE,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(decoded(each)) for each in known],
        )
    )


def request_options(site: Site, *, known: Iterable[str], challenge: bytes) -> str:
    """Return, as JSON, what a browser needs to ask for one of the `known` passkeys; for any of this site where none is named."""
    return options_to_json(
        generate_authentication_options(
            rp_id=site.host,
            challenge=challenge,
            timeout=_PATIENCE,
            allow_credentials=[PublicKeyCredentialDescriptor(decoded(each)) for each in known],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def made(site: Site, answer: str, challenge: bytes, *, at: datetime) -> tuple[PublicPasskey, int]:
    """Return a new passkey and its counter from what the browser answered. Refuses one whose holder was not verified."""
    try:
        found = verify_registration_response(
            credential=answer[:_LARGEST],
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError, RecursionError) as fault:
        raise refused("The answer is not of this page, its holder was not verified, or it cannot be read.") from fault
    passkey = PublicPasskey(
        credential=encoded(found.credential_id),
        public_key=encoded(found.credential_public_key),
        host=site.host,
        origin=site.origin,
        registered_at=at,
    )
    return passkey, found.sign_count


def answered(answer: str, *, at: datetime) -> Assertion:
    """Return what a passkey answered, as the browser hands it over. Refuses what cannot be read; nothing is checked yet."""
    try:
        said = json.loads(answer[:_LARGEST])
        response = said["response"]
        return Assertion(
            credential=said["id"],
            client_data=response["clientDataJSON"],
            authenticator_data=response["authenticatorData"],
            signature=response["signature"],
            at=at,
        )
    except (ValueError, TypeError, KeyError, RecursionError, ValidationError) as fault:
        raise refused("The answer cannot be read.") from fault


def refused(why: str) -> MoveRefused:
    """Return the refusal of a passkey's answer."""
    return MoveRefused(
        "passkey.refused",
        what="The passkey's answer is not accepted.",
        why=why,
        next_step="Open the page again and try once more, on the desk's own address and with the passkey you registered here.",
    )
