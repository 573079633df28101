"""Masking: every kind of secret is found, its place stays, and what is no secret is left alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memoryd.secrets import find, masked, masked_text
from tests.growth import LINEAR, growth
from tests.lengths import tries
from tests.secrets.corpus import ALNUM, Maker, samples

SEEDS = range(4)
LEAST_KINDS = 60


@pytest.mark.parametrize("seed", SEEDS)
def test_every_kind_of_secret_is_masked_in_its_place(seed: int) -> None:
    made = list(samples(seed))
    assert len({one.kind for one in made}) >= LEAST_KINDS
    # Nothing but the values.
    for one in made:
        expected = one.text
        for value in one.values:
            expected = expected.replace(value, "*" * len(value))
        assert masked(one.text.encode(), one.path).decode() == expected


@pytest.mark.parametrize("text", [
    'password = os.environ["PASSWORD"]', "token: <your-token-here>", "api_key = ${API_KEY}", "secret: changeme-changeme1",
    "if token == expected_token_of_request:", "password: xxxxxxxxxx1", 'key = config.get("access_key_id")',
    "https://user:password@host/", "postgres://postgres:postgres@localhost:5432/test", "redis://$USER:$PASSWORD@cache", "sk-learn is used",
    "aws_access_key_id = AKIAIOSFODNN7EXAMPLE", 'zone = ZoneInfo(key="Europe/Helsinki")', "keyboard_layout = english_international_2",
    "-----BEGIN PRIVATE KEY-----", "commit 5b3f1c7a9d2e4f6081726354a5b6c7d8e9f00112",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "primary_key = ForeignKeyField(some_table_2)", "def authenticate(self, credentials=None): pass",
])  # fmt: skip
def test_talk_about_secrets_stays(text: str) -> None:
    assert masked_text(text) == text


def test_a_name_without_quotes_is_no_secret_in_code_and_one_in_a_shell() -> None:
    line = f"api_key = {Maker(1).some(ALNUM, 30)}\n".encode()
    assert find(line, "app.py") == []
    assert masked(line, "app.sh") == b"api_key = " + b"*" * 30 + b"\n"


@settings(max_examples=tries(25, 1_000), deadline=None)
@given(st.lists(st.one_of(st.text(max_size=40), st.sampled_from([one.text for one in samples(9)])), max_size=6))
def test_masking_keeps_bytes_and_lines_and_is_done_once(parts: list[str]) -> None:
    source = "".join(parts).encode("utf-8", "replace")
    found = masked(source)
    assert len(found) == len(source)
    assert [line.endswith(b"\r") for line in found.split(b"\n")] == [line.endswith(b"\r") for line in source.split(b"\n")]
    assert masked(found) == found
    found.decode()


HOSTILE = {
    "keywords": 'password="', "curls": "curl -u a:", "lines of curl": "curl -H \\\n", "keys": "-----BEGIN PRIVATE KEY-----\n",
    "tokens": "eyJhbGciOiJIUzI1NiJ9.", "addresses": "x://a:bcd", "names": "api_key_",
    "secrets": 'api_key = "a8f5f167f44f4964e6c998dee827110c"\n',
    "manifests": "kind: Secret\ndata:\n  a: ", "blanks": " ",
}  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_costs_what_its_size_does(unit: str) -> None:
    assert growth(lambda size: masked((unit * (size // len(unit))).encode(), "a.yaml"), 400_000) < LINEAR
