"""Is what a reviewer says was done outside the desk well formed? Shape only: what was granted, the move knows."""

from django import forms

from answerable.casefile.effect import Measure
from answerable.deliver.manifest import LONGEST_DAYS, SHORTEST_DAYS
from answerable.desk.staff.forms import reason_field
from answerable.desk.wording import WAYS_TO_TELL


def _moment(label: str, help_text: str) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        help_text=help_text,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": "Say when.", "invalid": "Write day and time, as 2026-11-23 14:30."},
    )


def _note(*, required: bool) -> forms.CharField:
    return forms.CharField(
        label="Note",
        help_text="What was done, where; and why, where an item was left unchanged. It stays here and goes sealed into the log.",
        max_length=4000,
        required=required,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": "Say what was done."},
    )


_DONE = {
    Measure.REMOVED: "Removed",
    Measure.DISABLED: "Access disabled in the whole Union",
    Measure.PRESERVED: "Preserved",
    Measure.REINSTATED: "Put back",
    Measure.UNCHANGED: "Left unchanged",
}


class CarryOutForm(forms.Form):
    """What a person did with each item, and when. `territories` are the States that the demand names for an item."""

    def __init__(
        self, *args, items: tuple[str, ...], measures: tuple[Measure, ...], territories=None, **kwargs
    ) -> None:
        super().__init__(*args, **kwargs)
        self._items = items
        for number, item in enumerate(items):
            self.fields[f"item-{number}"] = forms.ChoiceField(
                label=item, choices=_choices(measures, (territories or {}).get(item, ())), required=False
            )
        self.fields["at"] = _moment("When", "The moment at which the last of these was done.")
        self.fields["note"] = _note(required=False)

    def clean(self):
        cleaned = super().clean()
        chosen = {name for name, value in cleaned.items() if name.startswith("item-") and value}
        if not chosen:
            raise forms.ValidationError("Choose for at least one item what was done.")
        if any(cleaned[name] == Measure.UNCHANGED for name in chosen) and not cleaned.get("note", "").strip():
            self.add_error("note", "Say why an item was left unchanged: the authority is told.")
        return cleaned

    def done(self) -> list[tuple[str, Measure, tuple[str, ...]]]:
        """Return item, measure and States for each item of which something was said."""
        said = ((item, self.cleaned_data.get(f"item-{number}")) for number, item in enumerate(self._items))
        return [(item, *_parted(value)) for item, value in said if value]


def _choices(measures: tuple[Measure, ...], territory: tuple[str, ...]) -> list[tuple[str, str]]:
    known = [(measure.value, _DONE[measure]) for measure in measures]
    if territory and Measure.DISABLED in measures:
        place = next(at for at, (value, _) in enumerate(known) if value == Measure.DISABLED)
        known.insert(
            place, (f"{Measure.DISABLED.value} {' '.join(territory)}", f"Access disabled in {', '.join(territory)}")
        )
    return [("", "Not yet"), *known]


def _parted(value: str) -> tuple[Measure, tuple[str, ...]]:
    if value in set(Measure):
        return Measure(value), ()
    return Measure.DISABLED, tuple(value.removeprefix(Measure.DISABLED.value).split())


class DoneForm(forms.Form):
    """That data were preserved, or a preserved copy deleted: when, and what exactly."""

    at = _moment("When", "The moment at which it was done.")
    note = _note(required=True)


class ReasonForm(forms.Form):
    """Why something is opened again, or a silence has ended."""

    reason = reason_field("Why", "Name the decision or the answer of the authority, and its day.")


class KeepOpenForm(forms.Form):
    """That a package stays to be fetched for longer: how long, and who asked for it."""

    days = forms.IntegerField(
        label="Days from today",
        help_text=f"{SHORTEST_DAYS} to {LONGEST_DAYS}: Implementing Regulation 2025/1550, Annex, 3.3.3(b).",
        min_value=SHORTEST_DAYS,
        max_value=LONGEST_DAYS,
        error_messages={"required": "Say for how many days.", "invalid": "Write a whole number of days."},
    )
    reason = reason_field("Who asked for it, and when", "It stands in the case, and goes sealed into the log.")


class NoticeForm(forms.Form):
    """That a person was told: how, and when."""

    how = forms.ChoiceField(label="How", choices=list(WAYS_TO_TELL.items()))
    at = _moment("When", "The moment at which the notice was sent.")
