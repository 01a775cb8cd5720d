"""How does a browser of the tests go to an agency and come back?"""

from __future__ import annotations

import html
import http.client
from urllib.parse import urlsplit

from tests.agency import CLIENT

from answerable.adapters.agency import Pin

OFFICE, OTHER, NUMBER = "nl-quay-police", "nl-dock-police", "+31105550188"
HERE = "http://localhost:8000"
START, BACK = f"/sign-in/agency/{OFFICE}/", f"/sign-in/agency/{OFFICE}/return"


def pin(issuer: str, record: str = OFFICE) -> Pin:
    return Pin(record=record, issuer=issuer, client_id=CLIENT, client_secret_env="AGENCY_SECRET")


def sent_to(client, start: str = START) -> str:
    """Return where the desk sends a browser."""
    response = client.get(start)
    assert response.status_code == 302, html.unescape(response.content.decode())
    return response["Location"]


def sent_back(there: str) -> str:
    """Return path and query at which the agency sends the browser back."""
    parts = urlsplit(there)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=5)
    connection.request("GET", f"{parts.path}?{parts.query}")
    back = connection.getresponse().headers["Location"]
    connection.close()
    assert back.startswith(HERE)
    return back.removeprefix(HERE)


def come_in(client, start: str = START):
    return client.get(sent_back(sent_to(client, start)))


def accounts():
    from answerable.desk.models import AgencyAccount

    return AgencyAccount.objects


def refused(response, code: str, status: int = 409) -> bool:
    page = html.unescape(response.content.decode())
    assert "officer-4711" not in page
    assert "E. Officer" not in page
    return (response.status_code, code in page) == (status, True)
