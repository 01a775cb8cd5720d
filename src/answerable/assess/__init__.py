"""What does the law permit? Findings, the permitted scope, the clocks, who tells the person."""

from answerable.assess.assessing import LEAVES_NOTHING, assess, notice_rule, with_clocks, with_exemption

__all__ = ["LEAVES_NOTHING", "assess", "notice_rule", "with_clocks", "with_exemption"]
