"""What the account decided last, what was refused, and which exits fired: in words, from the journal."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import Field

from core.instant import iso
from core.observation import Missing
from core.ports import Record
from tools.ask._arguments import Strict
from tools.ask._text import Stamp, ratio
from tools.ask._vocabulary import AskContext, Evidence, Reply, Tool

KINDS = ("decided", "refused", "exit")
SCOPE = "account"
SOURCE = "journal"
_DIGITS = 4
_Body = Mapping[str, Any]


class Args(Strict):
    """How far back."""

    count: Annotated[int, Field(ge=1, le=50, description="How many of the newest.")] = 10


class Told(Strict):
    """One event. *id*: what `journal why` takes. *text*: what happened, in words."""

    id: str
    at: str
    kind: str
    symbols: list[str]
    decided_by: str | None = None
    text: str


class Result(Strict):
    """Newest last."""

    account: str | None = None
    simulated: bool = False
    decisions: list[Told] = Field(default_factory=list)


def answer(args: Args, context: AskContext) -> Reply:
    """The newest *count* decisions, refusals and protective exits at or before now."""
    told = Result(account=context.account, simulated=context.account_simulated)
    if context.records is None or context.account is None:
        return Reply(told.model_dump(), (), (Missing("decisions", "no_account"),))
    stream = f"trading/{context.account}"
    newest: deque[Record] = deque(maxlen=args.count)
    for record in context.records.records(stream, kinds=KINDS):
        if record.at <= context.now:
            newest.append(record)
    evidence = [one for record in newest for one in _EVIDENCE[record.kind](record)]
    told = told.model_copy(update={"decisions": [_TELL[record.kind](record) for record in newest]})
    return Reply(told.model_dump(), tuple(evidence))


def _decided(record: Record) -> Told:
    body = record.body
    wishes = [_wish(body["menu"][one["asset"]], one) for one in body["proposals"]]
    if body["abstained"] is not None:
        text = f"Abstained: {body['abstained']}."
    else:
        text = " ".join(wishes) or "No view: every position stays as it is."
    symbols = [body["menu"][one["asset"]] for one in body["proposals"]]
    return Told(
        id=body["decision_id"],
        at=iso(record.at),
        kind=record.kind,
        symbols=symbols,
        decided_by=body["decided_by"],
        text=text,
    )


def _wish(symbol: str, proposal: _Body) -> str:
    stance, confidence = ratio(proposal["stance"], _DIGITS), ratio(proposal["confidence"], _DIGITS)
    wished = "flat" if proposal["stance"] <= 0 else "long"
    because = f": {proposal['thesis']}" if proposal["thesis"] else "."
    return f"{symbol} {wished}, stance {stance}, confidence {confidence}{because}"


def _refused(record: Record) -> Told:
    wish, findings = record.body["wish"], record.body["findings"]
    said = "; ".join(f"{one['code']}: {one['message']}" for one in findings)
    return Told(
        id=_id(record),
        at=iso(record.at),
        kind=record.kind,
        symbols=[wish["symbol"]],
        text=f"The risk engine refused to {wish['side']} {wish['symbol']}: {said or 'nothing more'}.",
    )


def _exited(record: Record) -> Told:
    body = record.body
    level = "" if body["level"] is None else f" at {body['level']}"
    text = f"The {body['trigger']} exit of {body['symbol']}{level} fired."
    return Told(id=body["order_id"], at=iso(record.at), kind=record.kind, symbols=[body["symbol"]], text=text)


def _id(record: Record) -> str:
    return record.body.get("decision_id") or f"{record.stream}#{record.seq}"


def _of_decided(record: Record) -> list[Evidence]:
    body, found = record.body, []
    if body["abstained"] is not None:
        found.append(Stamp(TOOL.name, SCOPE, record.at, SOURCE)("abstained", body["abstained"], "reason"))
    for one in body["proposals"]:
        stamp = Stamp(TOOL.name, body["menu"][one["asset"]], record.at, SOURCE)
        found.append(stamp("stance", ratio(one["stance"], _DIGITS), "stance"))
        found.append(stamp("confidence", ratio(one["confidence"], _DIGITS), "fraction"))
    return found


def _of_refused(record: Record) -> list[Evidence]:
    stamp = Stamp(TOOL.name, record.body["wish"]["symbol"], record.at, SOURCE)
    found = []
    for one in record.body["findings"]:
        found.append(stamp("refused", one["code"], "code"))
        for name in ("limit", "value"):
            text = one.get(name) or ""
            if text and not any(character.isspace() for character in text):
                found.append(stamp(f"{one['code']}.{name}".replace(":", "."), text, "raw"))
    return found


def _of_exit(record: Record) -> list[Evidence]:
    body = record.body
    stamp = Stamp(TOOL.name, body["symbol"], record.at, SOURCE)
    level = [] if body["level"] is None else [stamp("exit_level", body["level"], _quote(body["symbol"]))]
    return [stamp("exit", body["trigger"], "trigger"), *level]


def _quote(symbol: str) -> str:
    return symbol.partition("/")[2] or "quote"


_TELL: dict[str, Callable[[Record], Told]] = {"decided": _decided, "refused": _refused, "exit": _exited}
_EVIDENCE: dict[str, Callable[[Record], list[Evidence]]] = {
    "decided": _of_decided,
    "refused": _of_refused,
    "exit": _of_exit,
}

TOOL = Tool(
    "get_decisions",
    "The account's newest decisions, refusals by the risk engine and protective exits, in words.",
    Args,
    Result,
    answer,
    of_account=True,
)
