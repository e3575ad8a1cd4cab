"""The arithmetic of the chain, and log lines as JSON. No Django."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from portal import context

START = "0" * 64


def link(key: bytes, prev_hash: str, position: int, facts: Mapping[str, Any]) -> str:
    """Return the hash of the seal at `position`: HMAC-SHA-256 over the one before and the facts.

    facts: JSON values as the database holds them; the order of keys does not matter.
    """
    text = json.dumps([prev_hash, position, facts], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Return (name, old, new) of what differs, in the order in which the names appear."""
    names = [*before, *(name for name in after if name not in before)]
    return [(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)]


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, request id, and the trace of an error."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request": context.request_id(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
