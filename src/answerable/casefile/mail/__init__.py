"""What is a mail? Its header as it stands, its parts, the papers it carries. What does not fit the limits is not read."""

from answerable.casefile.mail.header import Field, Header
from answerable.casefile.mail.limits import Limits
from answerable.casefile.mail.message import Message, is_mail, read_message
from answerable.casefile.mail.papers import MailPaper

__all__ = ["Field", "Header", "Limits", "MailPaper", "Message", "is_mail", "read_message"]
