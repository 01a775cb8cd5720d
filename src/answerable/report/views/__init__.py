"""For whom are the figures? One file a view; each is made from the rows that were counted, or from the report over them."""

from __future__ import annotations

from answerable.report.views import (
    columns,
    dsa_article_15,
    e_evidence_article_28,
    figures_csv,
    lumen,
    national_security,
    tco_article_7,
)
from answerable.report.views.view import Counting, View

# What is made from the report alone may be published as it is; what is made from the rows is for who must hand it in.
VIEWS: tuple[View, ...] = (
    figures_csv.VIEW,
    columns.VIEW,
    lumen.VIEW,
    national_security.VIEW,
    dsa_article_15.VIEW,
    e_evidence_article_28.VIEW,
    tco_article_7.VIEW,
)

__all__ = ["VIEWS", "Counting", "View"]
