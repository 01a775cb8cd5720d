"""What does a reviewer enter of a letter in an office's own words? Shape only: every field may stay empty, and the law says so."""

from django import forms

from answerable.casefile.categories import CATEGORIES

_KINDS = (
    "judge", "prosecutor", "police", "intelligence", "regulator", "agency", "ministry", "party", "other",
)  # fmt: skip
_SELECTORS = (
    "user", "email", "tel", "ip", "imei", "mac", "other", "area", "tower", "keyword", "ip_range", "group", "everybody",
)  # fmt: skip
_POWERS = {
    "future": "Data that do not exist yet",
    "live": "Live access",
    "standing": "Standing access",
    "decryption": "Decryption",
    "back_door": "A back door",
    "facial_matching": "Matching of faces",
    "biometric_matching": "Biometric matching",
    "location_tracking": "Following where people are",
}


def _line(label: str, help_text: str = "", longest: int = 1_000) -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, max_length=longest, required=False)


def _text(label: str, help_text: str = "", rows: int = 2) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=200_000,
        required=False,
        widget=forms.Textarea({"rows": rows}),
    )


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput({"type": "date"}))


def _moment(label: str) -> forms.DateTimeField:
    return forms.DateTimeField(label=label, required=False, widget=forms.DateTimeInput({"type": "datetime-local"}))


def _choice(label: str, choices, help_text: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        help_text=help_text,
        required=False,
        choices=[("", "Not stated"), *((each, each) for each in choices)],
    )


class EnterForm(forms.Form):
    """The plain form, as a page. What the paper does not say stays empty: what is missing is a finding."""

    instrument = forms.ChoiceField(label="What it claims to be", help_text="The law of that name judges it.")
    language = forms.RegexField(
        r"^[a-z]{2}$",
        label="Its language",
        help_text="Two letters, as en or de.",
        initial="en",
        error_messages={"invalid": "Write two small letters, as en or de."},
    )
    reference = _line("Its reference")
    issued_on = _day("Dated")
    requester_name = _line("The office that asks")
    requester_country = forms.RegexField(
        r"^[A-Z]{2}$",
        label="Its State",
        help_text="Two letters, as DE or US.",
        required=False,
        error_messages={"invalid": "Write two capital letters, as DE."},
    )
    requester_kind = _choice("What the office is", _KINDS)
    requester_official = _line("The official who signs")
    requester_post = _line("The official's post")
    requester_email = _line("E-mail address it gives")
    requester_tel = _line("Telephone number it gives", "It is shown struck through: nobody is called there.")
    requester_signed = forms.BooleanField(label="It bears a signature", required=False)
    approval_by = _choice("Approved besides by", ("judge", "prosecutor", "independent office", "minister", "official"))
    approval_name = _line("Name of who approved it")
    legal_basis = _text("The law it cites, in its own words")
    offence = _text("The offence it states, in its own words")
    reasons = _text("The reasons it gives, in its own words")
    redress = _text("What it says of redress, in its own words")
    due = _moment("A deadline of its own")
    asked = _text(
        "Whose data it asks for",
        f"One a line: the kind, a space, the value. Kinds: {', '.join(_SELECTORS)}. Empty where no data are asked for.",
        rows=4,
    )
    boxes = forms.MultipleChoiceField(
        label="Which data",
        required=False,
        choices=[(each.box, f"{each.data_class.value}: {each.label}") for each in CATEGORIES.values()],
        widget=forms.CheckboxSelectMultiple,
    )
    start = _moment("Data from")
    end = _moment("Data to, not included")
    items = _text(
        "Content to be removed", "One address or description a line. Empty where nothing is to be removed.", rows=4
    )
    worldwide = forms.BooleanField(label="The removal is to hold in the whole world", required=False)
    secrecy_kind = _choice("Silence", ("requested", "ordered", "statutory"), "A wish in a letter is “requested”.")
    secrecy_until = _day("Silence until")
    secrecy_reason = _text("The reason it gives for silence")
    emergency_claimed = forms.BooleanField(label="It claims an emergency", required=False)
    emergency_threat = _choice("What threatens", ("death", "serious injury", "safety", "property", "other"))
    emergency_facts = _text("The facts of the emergency, in its own words")
    special = forms.MultipleChoiceField(
        label="Powers asked for that no law here gives",
        required=False,
        choices=list(_POWERS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    preserve_days = forms.IntegerField(label="Days for which data are to be preserved", required=False, min_value=1)
    encryption_key = _line(
        "The key it gives for the answer", "An age recipient. Without a key nothing can be disclosed."
    )
    text = _text("The whole paper as text", "Red flags look for words in it.", rows=12)
    data = forms.FileField(
        label="Or form data as JSON",
        help_text="In place of all of the above: a certificate or the plain form, typed in elsewhere.",
        required=False,
    )

    def __init__(self, *args, instruments, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["instrument"].choices = list(instruments)

    def clean_asked(self):
        """Return the selectors, one a line."""
        lines = [line.strip() for line in self.cleaned_data["asked"].splitlines() if line.strip()]
        found = [line.partition(" ")[::2] for line in lines]
        for number, (kind, value) in enumerate(found, start=1):
            if kind not in _SELECTORS or not value.strip():
                raise forms.ValidationError(f"Line {number} does not begin with a kind and a space.")
        return [{"kind": kind, "value": value.strip()} for kind, value in found]

    def clean_items(self):
        """Return the items, one a line."""
        return [line.strip() for line in self.cleaned_data["items"].splitlines() if line.strip()]

    def entered(self):
        """Return the plain form: what is empty is left out."""
        given = self.cleaned_data
        plain = {
            "form": "order",
            **_given(given, "instrument", "language", "reference", "issued_on", "legal_basis", "offence", "reasons"),
            **_given(given, "redress", "due", "special", "preserve_days", "encryption_key", "text"),
            "requester": _part(given, "requester"),
            "approval": _part(given, "approval"),
            "secrecy": _part(given, "secrecy"),
            "emergency": _part(given, "emergency"),
            "asked": [{**line, **self._about_each_line()} for line in given["asked"]],
            "items": [self._item(item) for item in given["items"]],
        }
        return {name: value for name, value in plain.items() if value not in ({}, [])}

    def _about_each_line(self):
        period = _given({"start": self.cleaned_data["start"], "end": self.cleaned_data["end"]}, "start", "end")
        return {"boxes": self.cleaned_data["boxes"], "time_ranges": [period] if period else []}

    def _item(self, item):
        is_address = item.startswith(("http://", "https://"))
        return {"url" if is_address else "description": item, "worldwide": self.cleaned_data["worldwide"]}


def _given(values, *names):
    found = {name: values[name] for name in names if values[name] not in (None, "", [])}
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in found.items()}


def _part(values, name):
    inner = {key.removeprefix(f"{name}_"): value for key, value in values.items() if key.startswith(f"{name}_")}
    return {key: value for key, value in _given(inner, *inner).items() if value is not False}
