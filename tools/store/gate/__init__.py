"""The quality gate: pure functions over columns. At import it refuses files, at reading it refuses rows."""

from tools.store.gate.codes import ALL_BITS, CODES, Code, Reaction
from tools.store.gate.quotes import quote_fault
from tools.store.gate.series import Examination, examine, fingerprint, flag_counts, judge
from tools.store.gate.structural import Fault, RawRows, first_fault

__all__ = [
    "ALL_BITS",
    "CODES",
    "Code",
    "Examination",
    "Fault",
    "RawRows",
    "Reaction",
    "examine",
    "fingerprint",
    "first_fault",
    "flag_counts",
    "judge",
    "quote_fault",
]
