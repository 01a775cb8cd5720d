"""What can be taken from a plain letter, without reading anything into it? Its words, and the web addresses that stand in it.

Most demands are letters in an office's own words. Who asks, under which law and for what, a person reads and enters; a
machine that guessed would decide about somebody by a wrong reading. So everything else stays empty, and the law says what is
missing.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import NoReturn

from answerable.casefile.mail import Message, is_mail, read_message
from answerable.casefile.mail.papers import in_charset
from answerable.casefile.order import Item, Order
from answerable.errors import MalformedDemand

_LARGEST = 50 * 1024 * 1024
_MOST_WORDS = 200_000  # what the plain form holds
_MOST_PAGES = 200
_MOST_ADDRESSES = 1_000
_LONGEST_ADDRESS = 1_000
# Letters about content often break an address so that nobody opens it by mistake: hxxps://example[.]org
_ADDRESS = re.compile(r"\bh(?:tt|xx)ps?(?:\[?:\]?//)[^\s<>\"'“”«»|\\^`{}]+", re.I)
_TRAILING = ".,;:!?…)]"


def words_of(content: bytes) -> str:
    """Return the words of a letter: a text, a mail with the texts it carries, or the text layer of a PDF.

    Cut to what a form holds. Refuses what holds no words: a picture, an archive, a PDF that is a scan or is damaged.
    """
    if len(content) > _LARGEST:
        _refuse("intake.too-large", "The file is larger than 50 MB.", "A letter never is.")
    if content.startswith(b"%PDF-"):
        text = _of_pdf(content)
    elif is_mail(content):
        text = "\n\n".join(_of_mail(read_message(content)))
    else:
        text = _plain(content)
    text = "".join(each for each in text.replace("\r\n", "\n") if each.isprintable() or each in "\n\t").strip()
    if not text:
        _refuse("intake.no-words", "No words can be read in the file.", "It is empty, a picture or a scan.")
    return text[:_MOST_WORDS]


def addresses_in(text: str) -> tuple[str, ...]:
    """Return the web addresses in a text, each once, in their order; broken ones mended. A thousand at most."""
    found: dict[str, None] = {}
    for match in _ADDRESS.finditer(text):
        address = re.sub(r"\[(\.|:|/)\]", r"\1", match[0]).replace("[:]", ":").rstrip(_TRAILING)
        address = re.sub(r"^hxxp", "http", address, flags=re.I)
        if len(address) <= _LONGEST_ADDRESS:
            found[address] = None
        if len(found) == _MOST_ADDRESSES:
            break
    return tuple(found)


def read_letter(content: bytes, *, instrument: str, language: str = "en", is_removal: bool = False) -> Order:
    """Return a letter as the plain form: its words, and where removal is asked for, the addresses that stand in it."""
    text = words_of(content)
    items = tuple(Item(url=each) for each in addresses_in(text)) if is_removal else ()
    return Order(instrument=instrument, language=language, text=text, items=items)


def _of_mail(message: Message) -> Iterator[str]:
    if message.crossed:
        _refuse("intake.mail-limits", "The mail cannot be taken apart.", message.crossed)
    for name in ("subject", "from"):
        if line := message.header.first(name):
            yield f"{name.capitalize()}: {line.text}"
    yield from message.words
    for paper in message.papers:
        if paper.media_type.startswith("text/plain"):
            yield in_charset(paper.content, None)
        elif paper.content.startswith(b"%PDF-"):
            yield _of_pdf(paper.content)


def _of_pdf(content: bytes) -> str:
    import pypdfium2  # noqa: PLC0415  # comes with the extra that reads papers

    try:
        with pypdfium2.PdfDocument(io.BytesIO(content)) as document:
            pages = (document[at].get_textpage() for at in range(min(len(document), _MOST_PAGES)))
            return "\n".join(page.get_text_bounded() for page in pages)
    except pypdfium2.PdfiumError as fault:
        _refuse("intake.damaged-pdf", "The PDF is damaged.", "It is cut short or not written as a PDF.", fault)


def _plain(content: bytes) -> str:
    marks = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
    encoding = next((name for mark, name in marks.items() if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as fault:
        _refuse("intake.not-utf8", "The letter is not text in UTF-8.", "It is another encoding, or no text.", fault)
    if "\0" in text:
        _refuse("intake.no-words", "No words can be read in the file.", "It holds bytes that no text holds.")
    return text


def _refuse(code: str, what: str, why: str, cause: Exception | None = None) -> NoReturn:
    raise MalformedDemand(
        code,
        what=what,
        why=why,
        next_step="The original is kept. Look at it as pictures, and enter what it says in the plain form.",
    ) from cause
