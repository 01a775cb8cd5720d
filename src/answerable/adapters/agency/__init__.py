"""How does an agency's own sign-on (OpenID Connect) say who is there? A pin, the server's answers, its signed word."""

from answerable.adapters.agency.id_token import Said, read_id_token
from answerable.adapters.agency.pin import Pin
from answerable.adapters.agency.server import Server, ask_server, redeem, way_there

__all__ = ["Pin", "Said", "Server", "ask_server", "read_id_token", "redeem", "way_there"]
