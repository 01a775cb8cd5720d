"""How may a machine write a demand? The JSON Schemas, made from the models themselves."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from answerable.casefile.epoc import Epoc
from answerable.casefile.order import Order

_TITLES: dict[str, tuple[type[BaseModel], str]] = {
    "epoc": (Epoc, "European Production or Preservation Order Certificate, Annex I, Sections A to L"),
    "order": (Order, "A demand under any law but the European certificates"),
}


def json_schema(name: str = "epoc") -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of `epoc` or `order`. docs/formats/epoc.schema.json and docs/formats/order.schema.json are these."""
    model, title = _TITLES[name]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://answerable.example/formats/{name}.schema.json",
        **model.model_json_schema(),
        "title": title,
    }
