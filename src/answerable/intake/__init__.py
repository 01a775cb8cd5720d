"""What does the paper say? Bytes go in, a demand comes out, or a clear reason why not."""

from answerable.intake.letters import read_letter
from answerable.intake.reading import Read, read
from answerable.intake.schema import json_schema
from answerable.intake.supplying import read_supplied

__all__ = ["Read", "json_schema", "read", "read_letter", "read_supplied"]
