"""How does the desk learn what a paper says, and never touch it?"""

from answerable.adapters.reading.reading import Opened, OpenedMail, authenticate, make_sheet, open_mail, open_paper

__all__ = ["Opened", "OpenedMail", "authenticate", "make_sheet", "open_mail", "open_paper"]
