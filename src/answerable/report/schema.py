"""How may a machine read a report? The JSON Schema, made from the records themselves."""

from __future__ import annotations

from typing import Any

from answerable.report.figures import Report


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of `report.json`; docs/formats/report.schema.json is this."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://answerable.example/formats/report.schema.json",
        **Report.model_json_schema(mode="serialization"),
        "title": "The report of a half-year",
    }
