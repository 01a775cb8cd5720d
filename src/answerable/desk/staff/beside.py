"""Is what a reviewer sets down beside a paper well formed? Shape only: what the law makes of it comes from the move."""

from django import forms

from answerable.casefile.categories import DataClass
from answerable.casefile.supplied import Reply, Supplied

_DAY = {"invalid": "Write day and time, as 2026-11-23 14:30."}
_CLASSES = [(each.value, each.value.capitalize()) for each in DataClass]


def _moment(label: str, *, required: bool = False, help_text: str = "") -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateTimeInput({"type": "datetime-local"}),
        error_messages=_DAY | {"required": "Say when."},
    )


def _text(label: str, *, required: bool = False, help_text: str = "", least: int = 0) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        min_length=least,
        max_length=4_000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "Say why.", "min_length": f"Write at least {least} characters."},
    )


def _reach() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label="Which data it stands against",
        help_text="None chosen means all.",
        required=False,
        choices=_CLASSES,
        widget=forms.CheckboxSelectMultiple,
    )


class BesideForm(forms.Form):
    """A form of this page: `what` it sets down, and what it says above its fields."""

    what = title = explanation = ""

    def facts(self) -> dict[str, object]:
        """Return the fields as the record has them: what is empty is left out, moments as text with their zone."""
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [])}
        return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in given.items()}


class RaisedForm(BesideForm):
    """A ground that no paper shows."""

    what, title = "raised", "A ground that no paper shows"
    explanation = "Boxes D4, D5, D8 and D9 of the form of Annex III."
    kind = forms.ChoiceField(
        label="Ground",
        widget=forms.RadioSelect,
        choices=[
            ("not stored", "The data were not stored on receipt"),
            ("impossible", "It is impossible in fact"),
            ("not covered", "The service is not covered by the law"),
            ("privilege", "Immunity, privilege or protection of the press, as far as the certificate shows it"),
        ],
        error_messages={"required": "Choose the ground."},
    )
    why = _text("Why", required=True, least=10, help_text="It stands in the letter.")
    reach = _reach()


class ConflictForm(BesideForm):
    """The law of a third country: Section E of Annex III."""

    what, title = "conflict", "The law of a third country"
    explanation = "Box D10 and Section E of Annex III. What is left open is named as missing before anything is sent."
    country = forms.RegexField(
        r"^[A-Z]{2}$", label="Country", help_text="Two letters, as US.", required=False,
        error_messages={"invalid": "Write the two capital letters of its code."},
    )  # fmt: skip
    law = forms.CharField(label="Title of the law", max_length=1_000, required=False)
    provision = _text("Provisions, and what they say")
    interest = forms.ChoiceField(
        label="Interest that it protects",
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("fundamental rights", "Fundamental rights of individuals"),
            ("national security", "National security and defence of the third country"),
            ("other", "Other interests"),
        ],
    )
    interest_specified = _text("Which")
    why_applies = _text("Why that law applies in this case")
    why_conflicts = _text("Why there is a conflict in this case")
    link = _text("Link between us and the third country")
    consequences = _text("What complying could mean for us, penalties included")
    additional = _text("Anything else")
    rests_only_on = forms.ChoiceField(
        label="Does it rest on one of these alone?",
        help_text="Art. 17(2) does not hear an objection that does.",
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("", "No"),
            ("no similar procedure", "The third country has no similar procedure"),
            ("place of storage", "The data are stored in the third country"),
        ],
    )
    reach = _reach()


class EnforcementForm(BesideForm):
    """What the enforcing authority, or the issuing one, told of the enforcement."""

    what, title = "enforcement", "Enforcement of the order"
    explanation = (
        "Art. 16. From the day on which we are required to comply, the grounds of Art. 16(4) or (5) are tested."
    )
    authority = forms.CharField(label="Enforcing authority", max_length=1_000, required=False)
    file_no = forms.CharField(label="Its file", max_length=1_000, required=False)
    transferred_at = _moment("When the issuing authority told us that it asked for enforcement")
    required_at = _moment("When the enforcing authority required us to comply")
    object_by = _moment(
        "Until when to comply or object", help_text="The authority sets it; the law gives no number of days."
    )
    names_objection = forms.BooleanField(label="Its letter names the possibility to object", required=False)
    names_penalties = forms.BooleanField(label="Its letter names the penalties", required=False)


class HeardForm(BesideForm):
    """The authority's answer to what was put to it."""

    what, title = "heard", "The answer of the authority"
    explanation = "Where the law lets the clock rest, it runs on from the moment of the answer."
    kind = forms.ChoiceField(
        label="Answer to", widget=forms.RadioSelect, error_messages={"required": "Choose what it answers."}
    )
    reply = forms.ChoiceField(
        label="What came back",
        widget=forms.RadioSelect,
        choices=[
            (Reply.CLARIFIED.value, "It clarified or corrected what we asked about"),
            (Reply.MAINTAINED.value, "It maintains the order; or a court upheld it"),
            (Reply.WITHDRAWN.value, "It was withdrawn or lifted, or need not be executed"),
            (Reply.NO_ANSWER.value, "Nothing came, and we have waited"),
        ],
        error_messages={"required": "Choose what came back."},
    )
    answered_at = _moment("When it reached us, or until when we waited", required=True)
    new_due = _moment("A new deadline that it sets")
    words = forms.CharField(label="What it says", required=False, max_length=4_000, widget=forms.Textarea({"rows": 3}))
    paper = forms.FileField(
        label="A corrected demand",
        help_text="It takes the place of the form, and is examined like the first. Its clock keeps the first day of receipt.",
        required=False,
    )

    def __init__(self, *args, supplied: Supplied, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        kinds = dict.fromkeys(each.kind.value for each in supplied.exchanges if each.is_open)
        self.fields["kind"].choices = [(kind, kind.capitalize()) for kind in kinds]


def forms_for(supplied: Supplied, data=None, files=None) -> list[BesideForm]:
    """Return the forms of the page; the one that was sent in is bound, the others are empty."""
    sent = (data or {}).get("what")

    def made(kind: type[BesideForm], **more) -> BesideForm:
        bound = {"data": data, "files": files} if sent == kind.what else {}
        return kind(auto_id=f"{kind.what}_%s", **bound, **more)

    first = [made(HeardForm, supplied=supplied)] if any(each.is_open for each in supplied.exchanges) else []
    return [*first, made(RaisedForm), made(ConflictForm), made(EnforcementForm)]


def what_was_set_down(supplied: Supplied) -> list[str]:
    """Return what can be taken back."""
    named = [name for name in ("conflict", "enforcement") if getattr(supplied, name) is not None]
    return [*(each.kind for each in supplied.raised), *named]
