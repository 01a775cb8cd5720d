"""Is what a reviewer typed well formed? Shape only: what the law and the route say comes from the move."""

from django import forms

from answerable.casefile.decision import DecisionKind
from answerable.casefile.finding import Outcome
from answerable.desk.queries import officers

_REASON = {"required": "Give a reason.", "min_length": "Give a reason in at least ten characters."}


def reason_field(label: str, help_text: str) -> forms.CharField:
    """Return a field for a reason, of ten characters at least."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        min_length=10,
        max_length=4000,
        widget=forms.Textarea({"rows": 3}),
        error_messages=_REASON,
    )


class PrepareForm(forms.Form):
    """Which of the answers that are open, and why."""

    kind = forms.ChoiceField(
        label="The answer", widget=forms.RadioSelect, error_messages={"required": "Choose one of the answers."}
    )
    items = forms.MultipleChoiceField(
        label="Which items, if only some",
        help_text="Needed where it is carried out in part; what you do not choose stays as it is.",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    reason = reason_field("Why", "Both of you put your names to it, and the authority reads it in the letter.")

    def __init__(self, *args, open_answers: list[DecisionKind], items: tuple[str, ...] = (), **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, kind.value.capitalize()) for kind in open_answers]
        self.fields["items"].choices = [(item, item) for item in items]
        if len(items) < 2:
            del self.fields["items"]


class QuestionForm(forms.Form):
    """A person's answer to a question that the paper leaves open."""

    outcome = forms.ChoiceField(
        label="Is the condition met?",
        widget=forms.RadioSelect,
        choices=[(Outcome.MET.value, "Met"), (Outcome.NOT_MET.value, "Not met")],
        error_messages={"required": "Say whether the condition is met."},
    )
    reason = reason_field("Why", "It stands beside the finding, under your name.")


class SendBackForm(forms.Form):
    """Why a prepared answer goes back."""

    reason = reason_field("What should change", "The person who prepared it reads this.")


class ReceiveForm(forms.Form):
    """A demand that came by another way than the portal."""

    paper = forms.FileField(
        label="The demand",
        help_text="A certificate as PDF, or its form data as JSON.",
        allow_empty_file=True,
        error_messages={"required": "Choose the file."},
    )
    channel = forms.ChoiceField(
        label="How it came", choices=[("email", "By e-mail"), ("post", "By post"), ("file", "On a data carrier")]
    )
    received_at = forms.DateTimeField(
        label="When it reached you",
        help_text="The clock starts there. Empty means now.",
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}),
        error_messages={"invalid": "Write day and time, as 2026-11-23 14:30."},
    )
    sender = forms.ModelChoiceField(
        label="Officer who fetches the answer",
        queryset=None,
        required=False,
        empty_label="Nobody yet",
        help_text="An account of that authority. Without one the package waits in the delivery folder.",
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sender"].queryset = officers()
