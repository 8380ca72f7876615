"""One process per account, and a glance at who it is disturbs nobody."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from threading import Timer

import pytest

from agent.runtime.lease import Lease, holder
from core.errors import UsageError


def test_one_process_trades_an_account_until_it_gives_it_back(tmp_path: Path) -> None:
    assert holder(tmp_path, "a") is None
    lease = Lease(tmp_path, "a")
    assert holder(tmp_path, "a") == os.getpid()
    with pytest.raises(UsageError, match="already trades"):
        Lease(tmp_path, "a")
    lease.release()
    assert holder(tmp_path, "a") is None


def test_a_start_waits_for_somebody_who_only_looks_who_trades(tmp_path: Path) -> None:
    Lease(tmp_path, "a").release()
    looking = (tmp_path / "locks" / "a.lock").open()
    fcntl.flock(looking, fcntl.LOCK_SH)
    done = Timer(0.05, looking.close)
    done.start()
    Lease(tmp_path, "a").release()
    done.join()
