"""Where does a mail come from? Facts about its way and its sender's domain, never a score."""

from answerable.authenticate.mail.examining import ExaminedMail, mail_facts
from answerable.authenticate.mail.own_server import OwnServers
from answerable.authenticate.mail.questions import questions
from answerable.authenticate.mail.records import DnsAnswer, DnsRecords

__all__ = ["DnsAnswer", "DnsRecords", "ExaminedMail", "OwnServers", "mail_facts", "questions"]
