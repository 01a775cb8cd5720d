"""Who may sign in?"""

from __future__ import annotations

from django.db.models import QuerySet

from answerable.desk.models import Account


def officers() -> QuerySet:
    """Return the officers' accounts by name."""
    return Account.objects.filter(role=Account.Role.OFFICER, is_active=True).order_by("name")
