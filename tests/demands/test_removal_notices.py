"""Does a plain letter come through, flagged for what it lacks? Removal notices as archives publish them, entered as they are.

The text is typed in whole; beside it stands only what a person could read from it. Names and offices are made up.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.assess.cases import assess_paper
from answerable.casefile.assessment import Assessment
from answerable.errors import MalformedDemand
from answerable.intake import read

NOW = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
ACT, FOREIGN = "eu.dsa.act", "int.foreign"


@dataclass(frozen=True)
class Notice:
    """A letter: what it is, its text, what could be read from it, and which rules it does not meet."""

    name: str
    instrument: str
    text: str
    lacks: str
    fields: dict = field(default_factory=dict)
    meets: str = ""


def sender(kind=None, country=None, **more):
    return {"requester": {name: value for name, value in {"kind": kind, "country": country, **more}.items() if value}}


def item(url=None, **more):
    return {"items": [{**({"url": url} if url else {}), **more}]}


NOTICES = [
    Notice(
        "an association of banks asks for a page to be taken down",
        ACT,
        "Dear Abuse Team,\n\nWe, the Banking Fraud Centre of the Nordmark Banks' Association, found that the page below imitates"
        " the sign-in of one of our members. Please take it down immediately and send us all logs.\n\n"
        "hxxps://harbourforum[.]example/p/9001\n\nThank you for your cooperation.\nFraud desk",
        "DS2 DS3 DS4 DS5 DS6 DS8 DS11 RF8 RF9 RF10",
        sender("party", "DE") | item(description="hxxps://harbourforum[.]example/p/9001", territory=["DE"]),
    ),
    Notice(
        "a response team reports a phishing kit, numbered and unsigned",
        ACT,
        "[CERT-KS #2026-118877] Phishing website\n\nHello,\nthis is an automated message. The following URL hosts a phishing kit:\n"
        "https://harbourforum.example/files/kit.zip\nPlease investigate and take appropriate action. Do not reply to this address.",
        "DS4 DS5 DS6 DS10 DS11 RF8 RF9 RF10",
        {"reference": "CERT-KS #2026-118877"}
        | sender("other", "EE", name="CERT-KS", email="noreply@cert-ks.example")
        | item("https://harbourforum.example/files/kit.zip"),
        meets="DS3 DS8",
    ),
    Notice(
        "a Russian register names its own law and gives a day",
        FOREIGN,
        "Федеральная служба по надзору\n\nНаправляется уведомление о внесении в «Единый реестр…» следующего указателя страницы:"
        " https://harbourforum.example/r/nocturne . В течение суток с момента получения необходимо ограничить доступ.\n"
        "Основание: статья 15.1 Федерального закона 149-ФЗ. № 26-118-ТИ",
        "FD1 RF10 RF11 RF12",
        {
            "language": "ru",
            "reference": "26-118-ТИ",
            "legal_basis": "статья 15.1 Федерального закона 149-ФЗ",
            "due": "2026-11-24T09:00:00Z",
        }
        | sender("agency", "RU", name="Федеральная служба по надзору")
        | item("https://harbourforum.example/r/nocturne", kind="block"),
        meets="FD3 FD4 FD5 RF8 RF9",
    ),
    Notice(
        "a German youth protection office writes in German and names a provision",
        ACT,
        "Sehr geehrte Damen und Herren,\n\nauf Ihrem Dienst ist unter https://harbourforum.example/posts/5512 ein Angebot abrufbar,"
        " das gegen § 4 Abs. 1 Nr. 2 JMStV verstößt. Wir fordern Sie auf, den Beitrag unverzüglich zu löschen.\n\n"
        "Mit freundlichen Grüßen\nIm Auftrag\nH. Möller",
        "DS10 DS11 DS12",
        {
            "language": "de",
            "legal_basis": "Jugendmedienschutz-Staatsvertrag, § 20",
            "reasons": "Verstoß gegen § 4 Abs. 1 Nr. 2 JMStV",
        }
        | sender("regulator", "DE", name="Jugendschutzstelle Nordmark", official="H. Möller")
        | item("https://harbourforum.example/posts/5512"),
        meets="DS2 DS3 DS4 DS5 DS6 DS8",
    ),
    Notice(
        "a French ministry wants it gone everywhere",
        ACT,
        "Madame, Monsieur,\n\nNous vous demandons le retrait, dans le monde entier, de la vidéo accessible à l’adresse"
        " https://harbourforum.example/v/778 portant atteinte à l’honneur d’un agent public. Cette demande est strictement"
        " confidentielle.\n\nVeuillez agréer l’expression de nos salutations distinguées.",
        "DS4 DS5 DS10 DS11 DS12 RF8 RF13 RF16",
        {"language": "fr", "secrecy": {"kind": "requested"}, "reasons": "atteinte à l’honneur d’un agent public"}
        | sender("ministry", "FR", name="Ministère de la Mer", email="cabinet@mer.example")
        | item("https://harbourforum.example/v/778", worldwide=True),
        meets="DS2 DS3 DS8",
    ),
    Notice(
        "a Spanish police unit asks for data, removal and silence in one mail",
        ACT,
        "Buenos días:\n\nSe solicita el cierre de la aplicación alojada en https://harbourforum.example/app/marea, la identificación"
        " de sus creadores y que no se informe a los usuarios.\n\nUnidad de delitos informáticos\nTIP 00000",
        "DS4 DS5 DS6 DS9 DS10 DS11 DS12 DS18 RF7 RF8 RF13 RF20",
        {
            "language": "es",
            "secrecy": {"kind": "requested"},
            "asked": [{"kind": "user", "value": "marea", "boxes": ["a1", "b1"]}],
        }
        | sender("police", "ES", name="Unidad de delitos informáticos", email="udi@policia.example")
        | item("https://harbourforum.example/app/marea", kind="suspend account"),
    ),
    Notice(
        "a Dutch inspector describes what he means and gives no address",
        ACT,
        "Geachte heer, mevrouw,\n\nOp uw forum worden illegale vuurwerkpakketten aangeboden door een verkoper uit de regio."
        " Wilt u deze advertenties verwijderen?\n\nVriendelijke groet,\nInspectie",
        "DS3 DS4 DS5 DS6 DS8 DS10 DS11 DS12",
        {"language": "nl"} | sender("agency", "NL") | item(description="illegale vuurwerkpakketten"),
    ),
    Notice(
        "an Indian officer orders under one section within three hours",
        FOREIGN,
        "GOVERNMENT NOTICE – MOST URGENT\n\nYou are hereby directed to disable access to the following accounts within 3 (three)"
        " hours of receipt under section 79(3)(b) of the Act. Any and all related accounts shall also be disabled.\n"
        "1. https://harbourforum.example/u/kisan_awaaz",
        "FD1 FD4 RF2 RF10 RF11 RF12",
        {
            "due": "2026-11-23T12:42:00Z",
            "legal_basis": "section 79(3)(b) of the Act",
            "reference": "MHM/IT/26/88",
        }
        | sender("ministry", "IN", name="Ministry of Home Matters", official="Under Secretary")
        | item("https://harbourforum.example/u/kisan_awaaz", kind="disable access"),
        meets="FD3 RF8",
    ),
    Notice(
        "an Italian authority for communications, in capitals, with its own article",
        ACT,
        "DELIBERA N. 118/26/CONS\nORDINE DI RIMOZIONE AI SENSI DELL’ART. 8 DEL REGOLAMENTO\n\nSI ORDINA la rimozione dell’opera"
        " digitale diffusa alla pagina https://harbourforum.example/film/31 in violazione dell’art. 171-ter LDA. Ricorso al TAR"
        " entro 60 giorni, anche da parte dell’uploader.",
        "DS10 DS12",
        {
            "language": "it",
            "reference": "118/26/CONS",
            "legal_basis": "Regolamento sul diritto d’autore online, art. 8",
            "reasons": "Violazione dell’art. 171-ter LDA",
            "redress": "Ricorso al TAR entro 60 giorni",
        }
        | sender("regulator", "IT", name="Autorità per le Comunicazioni di Montelago", email="rimozione@acm.example")
        | item("https://harbourforum.example/film/31"),
        meets="DS4 DS5 DS6 DS8 DS11",
    ),
    Notice(
        "a Brazilian electoral judge, without the address",
        FOREIGN,
        "PODER JUDICIÁRIO\nMANDADO DE INTIMAÇÃO\n\nDETERMINO a imediata remoção das publicações que ofendam o candidato, sob pena"
        " de multa diária. Publique-se. Cumpra-se.",
        "FD1 FD4 RF8 RF10 RF11",
        {"language": "pt", "reference": "0600118-22.2026.6.00.0000"}
        | sender("judge", "BR", name="17ª Zona Eleitoral", official="Juiz Eleitoral")
        | item(description="as publicações que ofendam o candidato"),
        meets="FD3 RF9",
    ),
    Notice(
        "a Chinese office in a few lines",
        FOREIGN,
        "贵公司：\n请立即删除以下网址的有害信息：https://harbourforum.example/t/8964 \n\n网络安全办公室",
        "FD1 FD4 RF8 RF10 RF11",
        {"language": "zh"}
        | sender("agency", "CN", name="网络安全办公室")
        | item("https://harbourforum.example/t/8964"),
    ),
    Notice(
        "a Turkish notice that rests on nothing but a number",
        FOREIGN,
        "Sayın ilgili,\n\nAşağıda yer alan içeriğin 4 saat içerisinde çıkarılması gerekmektedir.\n"
        "https://harbourforum.example/haber/1923\n\nKarar No: 2026/4411 D.İş",
        "FD1 FD4 RF8 RF11 RF12",
        {"language": "tr", "reference": "2026/4411 D.İş", "due": "2026-11-23T13:42:00Z"}
        | sender("judge", "TR", name="Sulh Ceza Hâkimliği")
        | item("https://harbourforum.example/haber/1923"),
    ),
    Notice(
        "a Polish consumer office that points to the service's own rules",
        ACT,
        "Dzień dobry,\n\nzgłaszamy naruszenie Państwa regulaminu (Terms of Service, pkt 7): https://harbourforum.example/oferta/90\n"
        "Prosimy o dobrowolne usunięcie.\n\nZ poważaniem",
        "DS6 DS10 DS11 DS12 RF23",
        {"language": "pl", "legal_basis": "Terms of Service, pkt 7", "reasons": "naruszenie regulaminu"}
        | sender("regulator", "PL", name="Urząd Ochrony Kupujących", email="zgloszenia@uok.example")
        | item("https://harbourforum.example/oferta/90"),
    ),
    Notice(
        "an Arabic letter, written from right to left, with marks of direction in it",
        FOREIGN,
        "\u202bالسادة المحترمون،\u202c\n\nنطلب منكم حذف الصفحة التالية فوراً: \u200ehttps://harbourforum.example/w/55\u200f\n\nوزارة الإعلام",
        "FD1 FD3 RF8 RF10 RF11",
        {"language": "ar"} | sender("ministry", "SA", name="وزارة الإعلام") | item("https://harbourforum.example/w/55"),
    ),
    Notice(
        "a letter that was read in the wrong encoding, as letters are",
        ACT,
        "Sehr geehrte Damen und Herren,\n\nbitte lÃ¶schen Sie den Beitrag â€žHafenâ€œ unverzÃ¼glich. MfG \ufffd\ufffd\ufffd",
        "DS2 DS3 DS4 DS5 DS6 DS8 DS10 DS11",
        {},
    ),
    Notice("nothing but a signature", FOREIGN, "-- \nGesendet von meinem Telefon", "FD1 FD3 FD4", {}),
]


def assessed(notice: Notice, **more) -> Assessment:
    """Return what the law says to a letter, read from the bytes of its form."""
    form = {"form": "order", "instrument": notice.instrument, "text": notice.text} | notice.fields | more
    content = json.dumps(form, ensure_ascii=False).encode()
    taken = read(content).form
    assert taken.text == notice.text
    found, _ = assess_paper(taken, content, provider={}, received_at=NOW, is_genuine=True)
    return found


@pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: notice.name)
def test_the_notice_is_flagged_for_what_it_lacks(notice):
    said = {finding.rule: finding for finding in assessed(notice).findings}
    for rule in notice.lacks.split():
        assert said[rule].outcome.value != "met", rule
        assert said[rule].fact
        assert said[rule].question or said[rule].outcome.value == "not met"
    for rule in notice.meets.split():
        assert said[rule].outcome.value == "met", rule


@pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: notice.name)
def test_no_data_leave_on_a_notice_whatever_is_ticked_beside_it(notice):
    asked = [{"kind": "user", "value": "mara.lind", "boxes": ["a1", "d4"]}]
    assert assessed(notice).permitted.is_empty
    assert assessed(notice, asked=asked).permitted.is_empty


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "koi8-r", "gb18030", "utf-7"])
@pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: notice.name)
def test_a_letter_that_is_no_form_is_refused_and_not_guessed_at(notice, encoding):
    with pytest.raises(MalformedDemand):
        read(notice.text.encode(encoding, errors="replace"))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "cp1252", "shift_jis"])
def test_a_form_in_another_encoding_is_refused(encoding):
    form = json.dumps({"form": "order", "instrument": ACT, "text": "für “Möwe”"}, ensure_ascii=False)
    with pytest.raises(MalformedDemand):
        read(form.encode(encoding, errors="replace") + b"\xff")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_bytes_that_are_no_form_are_refused_and_nothing_else(content):
    """`{}` is a form in which every field is missing: what a paper leaves out is a finding."""
    try:
        form = read(content).form
    except MalformedDemand:
        return
    assert isinstance(json.loads(content), dict)
    assert not assess_paper(form, content, provider={}, received_at=NOW, is_genuine=True)[0].permitted.items


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.sampled_from([ACT, FOREIGN]))
def test_any_words_at_all_are_judged_without_stumbling(words, instrument):
    letter = Notice("any words", instrument, words, "")
    found = assessed(letter, reasons=words[:200], legal_basis=words[:100].strip() or None)
    assert found.findings
    assert found.permitted.is_empty
