"""How do the tests lay a message down as the file system plugin of an access point does?"""

import os
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from answerable.adapters.access_point import AccessPointSettings

NS = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/"
TYPE = "urn:oasis:names:tc:ebcore:partyid-type:unregistered"
SENDS, RECEIVES = f"{NS}initiator", f"{NS}responder"
US = {"id": "harbour-forum", "type": TYPE, "role": RECEIVES}
COURTS = {"id": "gateway-xa", "type": TYPE, "role": SENDS}
SERVICE = "urn:example:orders"
AT = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)


def settings(folder, **changes):
    said = {"folder": str(folder), "us": US, "parties": [COURTS | {"state": "XA"}]}
    return AccessPointSettings.model_validate(said | changes)


def described(message_id="m1@gateway-xa", *, sender=COURTS, receiver=US, parts=(("cid:message", "application/pdf", None),),
              service=SERVICE, before="", more=""):  # fmt: skip
    def end(name, party):
        return f'<{name}><PartyId type="{party["type"]}">{party["id"]}</PartyId><Role>{party["role"]}</Role></{name}>'

    def part(href, media_type, name):
        called = f'<Property name="FileName">{escape(name)}</Property>' if name else ""
        kind = f'<Property name="MimeType">{media_type}</Property>'
        return f'<PartInfo href="{href}"><PartProperties>{kind}{called}</PartProperties></PartInfo>'

    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{before}<UserMessage xmlns="{NS}"'
        f' mpc="{NS}defaultMPC"><MessageInfo><MessageId>{message_id}</MessageId></MessageInfo>'
        f"<PartyInfo>{end('From', sender)}{end('To', receiver)}</PartyInfo><CollaborationInfo>"
        f'<Service type="tc1">{service}</Service><Action>Order</Action><ConversationId>c1</ConversationId>'
        '</CollaborationInfo><MessageProperties><Property name="originalSender">urn:c1</Property>'
        '<Property name="finalRecipient">urn:c4</Property></MessageProperties>'
        f"<PayloadInfo>{''.join(part(*each) for each in parts)}</PayloadInfo>{more}</UserMessage>"
    ).encode()


def lay(folder, files, *, place="urn_c4/m1", at=AT, seconds=120):
    """Put a message's files below `folder`, last changed so many seconds before `at`, closed as the gateway leaves them."""
    message = folder / place
    message.mkdir(parents=True, exist_ok=True)
    when = at.timestamp() - seconds
    for name, content in files.items():
        (message / name).write_bytes(content)
        (message / name).chmod(0o640)
        os.utime(message / name, (when, when))
    for each in (message, message.parent, folder):
        each.chmod(0o750)
    return message
