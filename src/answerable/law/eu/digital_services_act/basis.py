"""Does a legal basis cite a law besides the Digital Services Act, which gives no power of its own?"""

from __future__ import annotations

from answerable.law.citation import beside, names_a_provision

# How the Act is named, and what else gives no power: by its number, its names, and the pieces of its long title. A national act that carries its name
# (`Digital Services Act 2024` of Ireland, `Uitvoeringswet digitaledienstenverordening`) keeps its sections.
_THE_ACT = "|".join(
    (
        r"(?:\b(?:regulation|verordnung|verordening|règlement|regolamento|reglamento|vo|reg)\b\.?\s?)?(?:\((?:EU|UE)\)\s?)?"
        r"(?:\b(?:no|nr|n°|num)\b\.?\s?)?\b2022\s?/\s?2065(?:\s?/?\s?(?:EU|UE)\b)?",
        r"\bdigital services act(?:,? 2022)?",
        r"\bDSA\b",
        r"\bgesetz(?:es)? über digitale dienste",
        r"(?<!wet )\bdigital\w*[ -]?diensten[ -]?verordening",
        r"\b(?:règlement|législation) (?:européenn?e? )?sur les services numériques",
        r"\b(?:reglamento|ley) de servicios digitales",
        r"\bregolamento sui servizi digitali",
        r"\b(?:directive|richtlinie|richtlijn|directiva|direttiva) 2000/31(?:/\w{2})?",
        # That a legal duty makes data lawful to process gives nobody the power to lay that duty on.
        r"\bart\w*\.? 6\b[^;§]{0,30}?\b(?:GDPR|DS-?GVO|RGPD|AVG|2016/679)",
        r"(?:\b(?:GDPR|DS-?GVO|RGPD|AVG)|\(EU\) 2016/679)\b,? art\w*\.? 6\b(?:\s?\(\w\))*",
        r"(?:\b(?:of|vom|du|van|del) )?(?:the )?\b19\.?\s?(?:10\.|oct\w*|okt\w*|ottobre)\s?2022",
        r"\b(?:of|des|du|van) (?:the |het )?(?:european parliament|europäischen parlaments|parlement européen|europees parlement)"
        r"(?: and of the council| und des rates| et du conseil| en (?:van )?de raad)?",
        r"\b(?:on|über|relatif à|betreffende) (?:a |einen |un |een )(?:single market for digital services"
        r"|binnenmarkt für digitale dienste|marché unique des services numériques|eengemaakte markt voor digitale diensten)",
        r"\band amending|(?:und )?\bzur änderung der|(?:et )?\bmodifiant la|(?:en )?\btot wijziging van",
    )
)


def law_besides(legal_basis: str | None) -> bool:
    """Whether a provision of another law is cited. An Art. 9 or 10 that names no other act is taken for the Act's own."""
    return names_a_provision(beside(legal_basis or "", _THE_ACT, own=("9", "10")))
