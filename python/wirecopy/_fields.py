"""The names of the fields of documents."""

from __future__ import annotations

import json
from typing import Any

from . import _wirecopy

#: Fields whose names no setting changes.
FIXED = ("language", "lang", "byline", "author", "agency")
#: Fields of records that `wirecopy keep` wrote, which together make `delivery` what the form of an item said of it.
KEPT = ("path", "record", "cluster", "delivery")


def names(settings: dict[str, Any]) -> dict[str, str]:
    """Returns the names that settings give to fields, by field."""
    return {**json.loads(_wirecopy.defaults())["fields"], **settings.get("fields", {})}
