"""What an answer that is no data means: one table from statuses and error bodies to typed outcomes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from core.observation import BadRequest, NoData, NotEntitled, Throttled, Unreachable
from tools.sources.http.redaction import masked
from tools.sources.http.retries import STATUSES
from tools.sources.reading import plain_text

Failure = NoData | NotEntitled | Throttled | Unreachable | BadRequest

_LONGEST = 200
_RIGHTS = re.compile(
    r"(?i)\b(api[ -]?key|unauthori[sz]ed|forbidden|upgrade|subscri\w+|your plan|paid plan|plan limit|not in(?:cluded)? (?:in )?(?:the|your)"
    r"|entitle\w*|permission|credits?)\b"
)
_TOO_FAST = re.compile(r"(?i)\b(rate limit\w*|too many requests|throttl\w+)\b")
_NOTHING = re.compile(r"(?i)\bno (?:data|records?|results?)\b|\bnot found\b")
# CoinGecko: no key, plan too small, key of another host, range larger than the plan allows
_RIGHTS_CODES = frozenset({"401", "402", "403", "10002", "10005", "10010", "10011", "10012"})


@dataclass(frozen=True, slots=True)
class Failed:
    """One attempt that brought nothing. *again*: it may be tried once more, after *pause_ms* where that was asked."""

    outcome: Failure
    again: bool = False
    pause_ms: int | None = None


def of_status(
    status: int, about: str, said: str, *, is_page: bool, names_something: bool, pause_ms: int | None
) -> Failed:
    """What an HTTP status that is not 200 means. *about* begins the sentence, *said* is the server's own word."""
    told = f"{about}: HTTP {status}" + (f" ({said})" if said else "")
    again = status in STATUSES
    if status == 429:
        return Failed(Throttled(told, pause_ms), again=True, pause_ms=pause_ms)
    if again or status >= 500 or status < 300 or status == 408:
        return Failed(Unreachable(told), again, pause_ms if again else None)
    if status < 400:
        return Failed(Unreachable(f"{told}: it leads elsewhere, which is not followed"))
    if status == 451:
        return Failed(NotEntitled(f"{told}: not served to where we are"))
    if status in (401, 402):
        return Failed(NotEntitled(told))
    if is_page:
        return Failed(Unreachable(f"{told}: a web page in place of an answer"))
    if status == 403:
        return Failed(NotEntitled(told))
    if status == 404 and names_something:
        return Failed(NoData(told))
    return Failed(BadRequest(told))


def of_error(about: str, body: Any) -> Failure | None:
    """The refusal that a body holds although its status says 200; `None` where it holds none."""
    found = error_in(body)
    if found is None:
        return None
    code, said = found
    told = f"{about}: {said or f'error {code}' if code else said or 'an error without a word'}"
    if code == "429" or _TOO_FAST.search(said):
        return Throttled(told)
    if code in _RIGHTS_CODES or _RIGHTS.search(said):
        return NotEntitled(told)
    if _NOTHING.search(said):
        return NoData(told)
    return BadRequest(told)


def error_in(body: Any) -> tuple[str, str] | None:
    """Code and words of an error body, in any of the shapes that the providers use."""
    if not isinstance(body, dict):
        return None
    status = body.get("status")
    error = body.get("error")
    metadata = body.get("metadata")
    if isinstance(error, dict) and isinstance(error.get("status"), dict):
        return _told(error["status"])
    if isinstance(status, dict) and (status.get("error_code") or status.get("error_message")):
        return _told(status)
    if error:
        return _told(error if isinstance(error, dict) else {"message": error})
    if body.get("success") is False or (body.keys() <= {"detail", "message", "statusCode"} and body):
        return _told(body)
    if isinstance(status, str) and status.lower() in ("error", "fail", "failed", "not-found"):
        return _told(body)
    if isinstance(metadata, dict) and metadata.get("error"):
        return _told({"message": metadata["error"]})
    return None


def words_of(body: Any) -> str:
    """What an error body says, on one line, bounded, without keys; empty where it says nothing."""
    found = error_in(body)
    return found[1] if found else ""


def _told(raw: dict[str, Any]) -> tuple[str, str]:
    code = raw.get("error_code", raw.get("code", raw.get("statusCode", "")))
    said = next((raw[k] for k in ("error_message", "message", "detail", "type") if raw.get(k)), "")
    shown = plain_text(masked(said), _LONGEST) if isinstance(said, str) else ""
    return (str(code) if isinstance(code, int | str) else ""), shown
