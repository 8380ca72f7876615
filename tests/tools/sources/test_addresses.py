"""A provider may be stood in for by a server of this machine, and by nothing else."""

from __future__ import annotations

import pytest

from agent import settings
from core.errors import UsageError
from tools.sources.http.addresses import Addresses


def test_the_environment_names_the_stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.provider_urls() == {}
    monkeypatch.setenv("TOKENWISE_URL_DEFILLAMA", "http://127.0.0.1:8080/")
    monkeypatch.setenv("TOKENWISE_URL_ALTERNATIVE_ME", "https://[::1]:9")
    stand_ins = settings.provider_urls()
    assert stand_ins == {"defillama": "http://127.0.0.1:8080", "alternative_me": "https://[::1]:9"}
    addresses = Addresses(stand_ins)
    assert addresses.origin("defillama", "https://coins.llama.fi") == "http://127.0.0.1:8080"
    assert addresses.origin("coingecko", "https://api.coingecko.com") == "https://api.coingecko.com"


@pytest.mark.parametrize(
    "text",
    [
        "http://10.0.0.1:80",
        "https://api.llama.fi",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://someone:hunter2@127.0.0.1",
        "http://127.0.0.1/api",
        "http://127.0.0.1?x=1",
        "ftp://127.0.0.1",
        "127.0.0.1:80",
        "http://127.0.0.1:port",
        "http://[::1",
        "http://0.0.0.0:80",
    ],
)
def test_any_other_address_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("TOKENWISE_URL_KRAKEN", text)
    with pytest.raises(UsageError) as refused:
        settings.provider_urls()
    assert "TOKENWISE_URL_KRAKEN" in refused.value.message
    assert "hunter2" not in refused.value.message


def test_keys_show_themselves_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.provider_keys() == {}
    monkeypatch.setenv("TOKENWISE_KEY_COINGECKO", "CG-canary")
    keys = settings.provider_keys()
    assert keys["coingecko"].reveal() == "CG-canary"
    assert "canary" not in repr(keys)
