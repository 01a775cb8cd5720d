"""Do we know the office? Records of the directory: which one fits, which numbers may be called, who stands behind them."""

from answerable.authenticate.directory.calling import NumberAt, numbers_at, usable_numbers
from answerable.authenticate.directory.cautioning import cautions_at
from answerable.authenticate.directory.editing import Change, Signed, caution_words, changes, put_in_force
from answerable.authenticate.directory.fitting import Claims, Fit, fitting
from answerable.authenticate.directory.history import Past, Reported, history_facts
from answerable.authenticate.directory.issuer import issuer_facts
from answerable.authenticate.directory.reports import reported_about

__all__ = [
    "Change",
    "Claims",
    "Fit",
    "NumberAt",
    "Past",
    "Reported",
    "Signed",
    "caution_words",
    "cautions_at",
    "changes",
    "fitting",
    "history_facts",
    "issuer_facts",
    "numbers_at",
    "put_in_force",
    "reported_about",
    "usable_numbers",
]
