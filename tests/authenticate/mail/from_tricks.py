"""Ways in which a From line shows one office and proves another, or none. Published: add to it, take nothing away.

Each row is a name, the raw lines that a forger writes, whom they pretend to be, and the fact that gives it away. A row
with `B3` is given away only by the missing proof. The forger holds `evil.example` and signs with its key wherever the
lines can be signed. Sources of the kinds: RFC 5322, 6376, 7489; published work on how mail programs compose (RFC-valid
and broken From lines, routes, groups, encoded words, folded names, NUL); Unicode Technical Standards 36 and 39.
"""

from typing import NamedTuple

CITY = "citypolice.example"


class Trick(NamedTuple):
    """One way, with the fact that is expected to contradict it (B3: that does not confirm it)."""

    name: str
    lines: bytes
    gives_away: str
    pretends: str = CITY


def _from(value: bytes) -> bytes:
    return b"From: " + value + b"\r\n"


TRUE, EVIL = b"chief@citypolice.example", b"x@evil.example"

TRICKS = [
    # Nothing hidden: From is simply written.
    Trick("the address alone", _from(TRUE), "B3"),
    Trick("the address in brackets", _from(b"<" + TRUE + b">"), "B3"),
    Trick("name and address", _from(b"Chief <" + TRUE + b">"), "B3"),
    Trick("a host that does not exist below it", _from(b"chief@nowhere.citypolice.example"), "B3"),
    Trick("capital letters", _from(b"Chief@CityPolice.Example"), "B3"),
    Trick("folded between name and address", b"From: Chief\r\n <" + TRUE + b">\r\n", "B3"),
    # Two lines.
    Trick("two From lines, the true one first", _from(TRUE) + _from(EVIL), "B1"),
    Trick("two From lines, the true one last", _from(EVIL) + _from(TRUE), "B1"),
    Trick("two From lines in other letters", b"FROM: " + EVIL + b"\r\nfrom: " + TRUE + b"\r\n", "B1"),
    Trick("the same From twice", _from(TRUE) + _from(TRUE), "B1"),
    Trick("a space before the colon", b"From : " + TRUE + b"\r\n" + _from(EVIL), "B1"),
    Trick("a tab before the colon", b"From\t: " + TRUE + b"\r\n" + _from(EVIL), "B1"),
    Trick("a space before the name", b"X: y\r\n From: " + TRUE + b"\r\n" + _from(EVIL), "B3"),
    Trick("a From line that is the fold of another", b"X: y\r\n\tFrom: " + TRUE + b"\r\n" + _from(EVIL), "B3"),
    Trick("the line that begins a saved mail", b"From " + TRUE + b" Mon Nov 23 09:00:00 2026\r\n" + _from(EVIL), "B3"),
    Trick("a fold between name and colon", b"From\r\n : " + TRUE + b"\r\n" + _from(EVIL), "B1"),
    Trick("a NUL after the name", b"From\0: " + TRUE + b"\r\n" + _from(EVIL), "B1"),
    Trick("a NUL before the name", b"\0From: " + TRUE + b"\r\n" + _from(EVIL), "B1"),
    Trick("a blank of another alphabet after the name", b"From\xc2\xa0: " + TRUE + b"\r\n" + _from(EVIL), "B1"),
    Trick("a carriage return alone before a second From", b"From: " + EVIL + b"\rFrom: " + TRUE + b"\r\n", "B1"),
    Trick("a second From after a carriage return in Subject", b"Subject: x\rFrom: " + TRUE + b"\r\n" + _from(EVIL), "B1"),
    Trick("a vertical tab before a second From", b"X: y\x0bFrom: " + TRUE + b"\r\n" + _from(EVIL), "B3"),
    Trick("a blank line with a space ends the header for some", _from(EVIL) + b" \r\n" + _from(TRUE), "B1"),
    Trick("a line without a colon between two", _from(EVIL) + b"broken\r\n" + _from(TRUE), "B1"),
    Trick("the line that begins a saved mail, in the midst", b"X: y\r\nFrom " + TRUE + b"\r\n" + _from(EVIL), "B1"),
    Trick("no From, but Sender", b"Sender: " + TRUE + b"\r\n", "B3"),
    Trick("no From, but Resent-From", b"Resent-From: " + TRUE + b"\r\n", "B3"),
    Trick("no From, but Apparently-From", b"Apparently-From: " + TRUE + b"\r\n", "B3"),
    Trick("Sender beside another From", b"Sender: " + TRUE + b"\r\n" + _from(EVIL), "B10"),
    # Several addresses in one line.
    Trick("two authors, the true one first", _from(TRUE + b", " + EVIL), "B1"),
    Trick("two authors, the true one last", _from(EVIL + b", " + TRUE), "B1"),
    Trick("two authors in brackets", _from(b"<" + TRUE + b">, <" + EVIL + b">"), "B1"),
    Trick("two addresses without a comma", _from(b"<" + TRUE + b"> <" + EVIL + b">"), "B1"),
    Trick("an address before the brackets", _from(TRUE + b" <" + EVIL + b">"), "B1"),
    Trick("an address after the brackets", _from(b"<" + EVIL + b"> " + TRUE), "B1"),
    Trick("brackets in brackets", _from(b"<" + TRUE + b"<" + EVIL + b">>"), "B1"),
    Trick("a semicolon between two", _from(TRUE + b"; " + EVIL), "B1"),
    Trick("an empty author first", _from(b"<>, " + TRUE), "B1"),
    Trick("a comma that is escaped outside quotes", _from(b"<" + EVIL + b">\\,<" + TRUE + b">"), "B1"),
    Trick("a hundred authors", _from(b", ".join([EVIL] * 99 + [TRUE])), "B1"),
    # Groups and routes.
    Trick("a group", _from(b"Police: " + TRUE + b";"), "B1"),
    Trick("a group with two", _from(b"Police: " + EVIL + b", " + TRUE + b";"), "B1"),
    Trick("an empty group before the address", _from(b"Police:; " + TRUE), "B1"),
    Trick("a group named as an address", _from(b'"' + TRUE + b'": ' + EVIL + b";"), "B1"),
    Trick("a route", _from(b"<@evil.example:" + TRUE + b">"), "B1"),
    Trick("a route through both", _from(b"<@citypolice.example,@evil.example:" + EVIL + b">"), "B1"),
    Trick("a route with a percent sign", _from(b"chief%citypolice.example@evil.example"), "B1"),
    Trick("a route with exclamation marks", _from(b"citypolice.example!chief@evil.example"), "B1"),
    # What stands before the @.
    Trick("a quoted address before the @", _from(b'"x@evil.example"@citypolice.example'), "B1"),
    Trick("the true address quoted before the @", _from(b'"chief@citypolice.example"@evil.example'), "B1"),
    Trick("quoted brackets before the @", _from(b'"<chief@citypolice.example>"@evil.example'), "B1"),
    Trick("an @ that is escaped", _from(b"chief\\@citypolice.example@evil.example"), "B1"),
    Trick("two @", _from(b"chief@citypolice.example@evil.example"), "B1"),
    Trick("the domain before the @", _from(b"citypolice.example@evil.example"), "B8"),
    Trick("the address with = before the @", _from(b"chief=citypolice.example@evil.example"), "B8"),
    Trick("the address with + before the @", _from(b"bounce+citypolice.example@evil.example"), "B8"),
    Trick("an encoded word before the @", _from(b"=?utf-8?q?chief=40citypolice.example?=@evil.example"), "B1"),
    Trick("an encoded word instead of the address", _from(b"=?utf-8?b?PGNoaWVmQGNpdHlwb2xpY2UuZXhhbXBsZT4=?= <" + EVIL + b">"), "B9"),
    Trick("an encoded word alone", _from(b"=?utf-8?b?Y2hpZWZAY2l0eXBvbGljZS5leGFtcGxl?="), "B1"),
    Trick("an encoded word and a comma", _from(b"=?utf-8?b?Y2hpZWZAY2l0eXBvbGljZS5leGFtcGxl?=, " + EVIL), "B1"),
    Trick("an encoded word in the brackets", _from(b"<=?utf-8?q?chief=40citypolice.example?=>"), "B1"),
    # The name beside it.
    Trick("the address as a name", _from(b'"' + TRUE + b'" <' + EVIL + b">"), "B9"),
    Trick("the address with brackets as a name", _from(b'"Chief <' + TRUE + b'>" <' + EVIL + b">"), "B9"),
    Trick("the address in single quotes", _from(b"\"'chief@citypolice.example'\" <" + EVIL + b">"), "B9"),
    Trick("the domain as a name", _from(b'"citypolice.example" <' + EVIL + b">"), "B9"),
    Trick("the name of the office", _from(b"City Police of Example <" + EVIL + b">"), "B9"),
    Trick("the name of the office, in capitals", _from(b"CITY  POLICE OF EXAMPLE Desk 4 <" + EVIL + b">"), "B9"),
    Trick("the name of the office in letters of another script", _from("City Роlісе of Example".encode() + b" <" + EVIL + b">"), "B9"),
    Trick("the name of the office with accents", _from("Ćity Pólice of Exámple".encode() + b" <" + EVIL + b">"), "B9"),
    Trick("the name of the office as encoded words", _from(b"=?utf-8?q?City_Police?= =?utf-8?q?_of_Example?= <" + EVIL + b">"), "B9"),
    Trick("the address as an encoded name", _from(b"=?utf-8?q?chief=40citypolice=2Eexample?= <" + EVIL + b">"), "B9"),
    Trick("the address as a comment before", _from(b"(" + TRUE + b") <" + EVIL + b">"), "B9"),
    Trick("the address as a comment after", _from(EVIL + b" (" + TRUE + b")"), "B9"),
    Trick("a comment in the address", _from(b"chief@citypolice.example(.evil.example"), "B1"),
    Trick("a comment between name and @", _from(b"chief(@evil.example)@citypolice.example"), "B1"),
    Trick("comments in comments", _from(b"((a)" + TRUE + b"(b)) <" + EVIL + b">"), "B1"),
    Trick("a comment that is not closed", _from(b"(" + EVIL + b" <" + TRUE + b">"), "B1"),
    Trick("a quotation that is not closed", _from(b'"' + EVIL + b" <" + TRUE + b">"), "B1"),
    Trick("letters that turn the order round", _from("\u202eelpmaxe.ecilopytic\u202c".encode() + b" <" + EVIL + b">"), "B1"),
    Trick("letters of no width in the name", _from("City\u200b Police of Example".encode() + b" <" + EVIL + b">"), "B1"),
    Trick("a line end in an encoded name", _from(b"=?utf-8?q?x=0D=0AFrom=3A_chief=40citypolice.example?= <" + EVIL + b">"), "B9"),
    Trick("a colon in an encoded name", _from(b"=?utf-8?q?x=0D=0AFrom:_chief=40citypolice.example?= <" + EVIL + b">"), "B1"),
    Trick("a NUL in an encoded name", _from(b"=?utf-8?q?chief=40citypolice.example=00?= <" + EVIL + b">"), "B9"),
    Trick("an encoded word in an unknown alphabet", _from(b"=?x-police?q?City_Police?= <" + EVIL + b">"), "B9"),
    # What stands after the @.
    Trick("a NUL after the domain", _from(b"chief@citypolice.example\0.evil.example"), "B1"),
    Trick("a NUL and a second domain", _from(b"chief@citypolice.example\0@evil.example"), "B1"),
    Trick("a dot at the end", _from(b"chief@citypolice.example."), "B1"),
    Trick("two dots", _from(b"chief@citypolice..example"), "B1"),
    Trick("a blank in the domain", _from(b"chief@citypolice.example .evil.example"), "B1"),
    Trick("a tab in the domain", _from(b"chief@citypolice.example\t.evil.example"), "B1"),
    Trick("a fold in the domain", b"From: chief@citypolice.example\r\n .evil.example\r\n", "B1"),
    Trick("a byte that is no letter", _from(b"chief@citypolice.example\xff.evil.example"), "B1"),
    Trick("a number in brackets", _from(b"chief@[192.0.2.1]"), "B1"),
    Trick("a number", _from(b"chief@192.0.2.1"), "B1"),
    Trick("a slash", _from(b"chief@citypolice.example/.evil.example"), "B1"),
    Trick("a backslash", _from(b"chief@citypolice.example\\.evil.example"), "B1"),
    Trick("a colon and a port", _from(b"chief@citypolice.example:25"), "B1"),
    Trick("a wide @", _from("chief\uff20citypolice.example".encode()), "B1"),
    Trick("a wide dot", _from("chief@citypolice\uff0eexample".encode()), "B1"),
    Trick("a dot of another script", _from("chief@citypolice\u3002example".encode()), "B1"),
    Trick("wide letters", _from("chief@\uff43\uff49\uff54\uff59police.example".encode()), "B1"),
    Trick("a hyphen that is not seen", _from("chief@city\u00adpolice.example".encode()), "B1"),
    Trick("a letter of no width", _from("chief@city\u200bpolice.example".encode()), "B1"),
    Trick("the sign for kelvin", _from("chief@\u212aitypolice.example".encode()), "B1"),
    Trick("a label that is no IDNA", _from(b"chief@xn--a.example"), "B1"),
    # Domains that look like it.
    Trick("a letter of another script", _from("chief@cityрolice.example".encode()), "B8"),
    Trick("a letter of another script, as IDNA", _from(b"chief@xn--cityolice-o3h.example"), "B8"),
    Trick("a letter with an accent", _from("chief@citypolicé.example".encode()), "B8"),
    Trick("a dotless letter", _from("chief@c\u0131typolice.example".encode()), "B8"),
    Trick("one for l", _from(b"chief@citypo1ice.example"), "B8"),
    Trick("nought for o", _from(b"chief@cityp0lice.example"), "B8"),
    Trick("a letter left out", _from(b"chief@citypolce.example"), "B8"),
    Trick("a letter twice", _from(b"chief@citypollice.example"), "B8"),
    Trick("two letters in other order", _from(b"chief@ctiypolice.example"), "B8"),
    Trick("another letter", _from(b"chief@citypolise.example"), "B8"),
    Trick("a hyphen between its words", _from(b"chief@city-police.example"), "B8"),
    Trick("a dot between its words", _from(b"chief@city.police.example"), "B8"),
    Trick("a hyphen for the dot", _from(b"chief@citypolice-example.test"), "B8"),
    Trick("another ending", _from(b"chief@citypolice.com"), "B8"),
    Trick("an ending more", _from(b"chief@citypolice.example.com"), "B8"),
    Trick("as the beginning of another", _from(b"chief@citypolice.example.evil.example"), "B8"),
    Trick("a word after it", _from(b"chief@citypolice-orders.example"), "B8"),
    Trick("a word before it", _from(b"chief@my-citypolice.example"), "B8"),
    Trick("a word joined to it", _from(b"chief@thecitypolice.example"), "B8"),
    Trick("a label of another", _from(b"chief@citypolice.evil.test"), "B8"),
    Trick("a listed suffix below another", _from(b"chief@police.uk.evil.example"), "B8", "police.uk"),
    Trick("words in other order of dots", _from(b"chief@polizei-berlin.example"), "B8", "polizei.berlin.example"),
    Trick("another owner below the same ending", _from(b"chief@polizei.berlin-example.test"), "B8", "polizei.berlin.example"),
    Trick("rn for m", _from(b"chief@cornrnand.example"), "B8", "command.example"),
    Trick("a whole word in another script", _from("chief@соᴜгт.example".encode()), "B8", "court.example"),
    # Where answers go.
    Trick("answers elsewhere", _from(TRUE) + b"Reply-To: " + EVIL + b"\r\n", "B10"),
    Trick("answers to several", _from(TRUE) + b"Reply-To: " + TRUE + b", " + EVIL + b"\r\n", "B10"),
    Trick("answers to what looks like it", _from(TRUE) + b"Reply-To: chief@city-police.example\r\n", "B10"),
]  # fmt: skip
