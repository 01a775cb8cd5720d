"""How does the desk learn what a paper says, and never touch it?"""

from answerable.adapters.reading.reading import (
    Letter,
    Opened,
    OpenedMail,
    authenticate,
    make_sheet,
    open_mail,
    open_paper,
    read_words,
)

__all__ = ["Letter", "Opened", "OpenedMail", "authenticate", "make_sheet", "open_mail", "open_paper", "read_words"]
