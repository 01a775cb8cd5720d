"""A name server on this machine alone, for one test: it answers from a table, and says nothing where told so."""

import socket
import threading
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

MUTE = object()


@contextmanager
def serving(table):
    """Yield the port of a server that answers TXT from `table`: texts, MUTE for silence, or a code of refusal."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as served:
        served.bind(("127.0.0.1", 0))
        asked = []
        thread = threading.Thread(target=_serve, args=(served, table, asked), daemon=True)
        thread.start()
        try:
            yield served.getsockname()[1], asked
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
                last.sendto(b"", served.getsockname())
            thread.join(5)


def _serve(served, table, asked):
    while True:
        query, sender = served.recvfrom(4096)
        if not query:
            return
        question = dns.message.from_wire(query)
        name = question.question[0].name.to_text().rstrip(".").lower()
        asked.append(name)
        reply = _reply(question, table.get(name))
        if reply is not None:
            served.sendto(reply.to_wire(), sender)


def _reply(question, known):
    reply = dns.message.make_response(question)
    reply.flags |= dns.flags.RA
    if known is MUTE:
        return None
    if known is None:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    elif isinstance(known, int):
        reply.set_rcode(known)
    else:
        quoted = [" ".join(f'"{text[at : at + 200]}"' for at in range(0, len(text), 200)) for text in known]
        if quoted:
            reply.answer.append(dns.rrset.from_text(question.question[0].name, 60, "IN", "TXT", *quoted))
    return reply
