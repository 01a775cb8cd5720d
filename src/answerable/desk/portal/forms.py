"""Is what an officer sent in well formed?"""

from django import forms


class SendForm(forms.Form):
    """A demand."""

    paper = forms.FileField(
        label="Your order",
        help_text="The signed certificate as PDF with its form data attached, or the form data as JSON. At most 100 MiB.",
        allow_empty_file=True,
        error_messages={"required": "Choose the file of your order."},
    )
