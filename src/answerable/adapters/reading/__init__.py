"""How does the desk learn what a paper says, and never touch it?"""

from answerable.adapters.reading.reading import Opened, authenticate, make_sheet, open_paper

__all__ = ["Opened", "authenticate", "make_sheet", "open_paper"]
