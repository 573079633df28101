"""Secrets of many kinds, made at random when a test runs: nothing in the repository looks like a secret."""

import base64
import random
import string
from collections.abc import Iterator
from typing import NamedTuple

LOWER, UPPER, DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
ALNUM, HEX = LOWER + UPPER + DIGITS, "0123456789abcdef"
BASE64, URL = ALNUM + "+/", ALNUM + "-_"


class Sample(NamedTuple):
    """A file that holds secret values; the text before and after them is none."""

    kind: str
    path: str
    text: str
    values: tuple[str, ...]


class Maker:
    """Makes random values, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def some(self, alphabet: str, length: int) -> str:
        """Return random characters, with a digit, as every value of this length has, and no pattern."""
        value = "".join(self._random.choice(alphabet) for _ in range(length - 1))
        digits = [one for one in alphabet if one in DIGITS]
        return value[: length // 2] + (self._random.choice(digits) if digits else self._random.choice(alphabet)) + value[length // 2 :]

    def key(self, name: str, lines: int = 12) -> str:
        """Return a private key in PEM, without its last line feed."""
        body = "\n".join(["MII" + self.some(BASE64, 61), *(self.some(BASE64, 64) for _ in range(lines))])
        return f"-----BEGIN {name}-----\n{body}\n-----END {name}-----"

    def uuid(self) -> str:
        return "-".join(self.some(HEX, size) for size in (8, 4, 4, 4, 12))


def samples(seed: int) -> Iterator[Sample]:
    """Yield a sample of each kind."""
    made = Maker(seed)
    for kind, (path, form, value) in {**_tokens(made), **_assigned(made)}.items():
        yield Sample(kind, path, form.replace("VALUE", value), (value,))
    yield from _keys(made)


def _tokens(made: Maker) -> dict[str, tuple[str, str, str]]:
    """Return tokens that are known by their form, wherever they stand: path, text and value by kind."""
    values = {
        "AWS access key": "AKIA" + made.some(UPPER + "234567", 16),
        "AWS temporary key": "ASIA" + made.some(UPPER + "234567", 16),
        "Alibaba access key": "LTAI" + made.some(ALNUM, 20),
        "Anthropic": "sk-ant-" + "api03-" + made.some(URL, 93) + "AA",
        "Anthropic admin": "sk-ant-" + "admin01-" + made.some(URL, 93) + "AA",
        "Atlassian": "ATATT3" + made.some(URL, 186),
        "Azure AD client secret": made.some(ALNUM, 3) + "8Q~" + made.some(ALNUM + "_~.-", 34),
        "Clojars": "CLOJARS_" + made.some(LOWER + DIGITS, 60),
        "Databricks": "dapi" + made.some(HEX, 32),
        "DigitalOcean personal": "dop_v1_" + made.some(HEX, 64),
        "DigitalOcean OAuth": "doo_v1_" + made.some(HEX, 64),
        "Doppler": "dp.pt." + made.some(ALNUM, 43),
        "Duffel": "duffel_" + "live_" + made.some(URL, 43),
        "Dynatrace": "dt0c01." + made.some(UPPER + DIGITS, 24) + "." + made.some(UPPER + DIGITS, 64),
        "EasyPost": "EZAK" + made.some(ALNUM, 54),
        "Fly.io": "fo1_" + made.some(ALNUM, 43),
        "GitHub classic": "ghp_" + made.some(ALNUM, 36),
        "GitHub app": "ghs_" + made.some(ALNUM, 36),
        "GitHub OAuth": "gho_" + made.some(ALNUM, 36),
        "GitHub refresh": "ghr_" + made.some(ALNUM, 36),
        "GitHub fine-grained": "github_pat_" + made.some(ALNUM, 82),
        "GitLab personal": "glpat-" + made.some(URL, 20),
        "GitLab deploy": "gldt-" + made.some(URL, 20),
        "GitLab runner": "glrt-" + made.some(URL, 20),
        "GitLab trigger": "glptt-" + made.some(HEX, 40),
        "Google API": "AIza" + made.some(ALNUM, 35),
        "Google OAuth client": "GOCSPX-" + made.some(ALNUM, 28),
        "Grafana service account": "glsa_" + made.some(ALNUM, 32) + "_" + made.some(HEX, 8),
        "Grafana Cloud": "glc_" + made.some(BASE64, 80),
        "Hashicorp Vault": "hvs." + made.some(URL, 95),
        "Hashicorp Terraform": made.some(ALNUM, 14) + ".atlasv1." + made.some(ALNUM, 64),
        "Heroku": "HRKU-AA" + made.some(ALNUM, 58),
        "Hugging Face": "hf_" + made.some(ALNUM, 34),
        "JSON web token": "eyJ" + made.some(ALNUM, 33) + ".eyJ" + made.some(URL, 60) + "." + made.some(URL, 42) + "x",
        "Linear": "lin_api_" + made.some(ALNUM, 40),
        "Mailgun": "key-" + made.some(HEX, 32),
        "Notion": "ntn_" + made.some(DIGITS, 11) + made.some(ALNUM, 35),
        "npm": "npm_" + made.some(ALNUM, 36),
        "Octopus Deploy": "API-" + made.some(UPPER + DIGITS, 26),
        "OpenAI": "sk-proj-" + made.some(ALNUM, 74) + "T3Blbk" + "FJ" + made.some(ALNUM, 74),
        "OpenAI older": "sk-" + made.some(ALNUM, 48),
        "Perplexity": "pplx-" + made.some(ALNUM, 48),
        "PlanetScale": "pscale_tkn_" + made.some(ALNUM, 43),
        "Postman": "PMAK-" + made.some(HEX, 24) + "-" + made.some(HEX, 34),
        "Prefect": "pnu_" + made.some(ALNUM, 36),
        "Pulumi": "pul-" + made.some(HEX, 40),
        "PyPI": "pypi-" + "AgEIcHlwaS5vcmc" + made.some(URL, 80),
        "RubyGems": "rubygems_" + made.some(HEX, 48),
        "SendGrid": "SG." + made.some(ALNUM, 22) + "." + made.some(ALNUM, 43),
        "Sendinblue": "xkeysib-" + made.some(HEX, 64) + "-" + made.some(ALNUM, 16),
        "Sentry user": "sntryu_" + made.some(HEX, 64),
        "Shippo": "shippo_" + "live_" + made.some(HEX, 40),
        "Shopify": "shpat_" + made.some(HEX, 32),
        "Slack bot": "xoxb-" + made.some(DIGITS, 12) + "-" + made.some(DIGITS, 12) + "-" + made.some(ALNUM, 24),
        "Slack app": "xapp-1-" + made.some(UPPER + DIGITS, 11) + "-" + made.some(DIGITS, 13) + "-" + made.some(HEX, 64),
        "Square": "sq0csp-" + made.some(ALNUM, 43),
        "Stripe live": "sk_" + "live_" + made.some(ALNUM, 24),
        "Stripe test": "sk_" + "test_" + made.some(ALNUM, 24),
        "Stripe restricted": "rk_" + "live_" + made.some(ALNUM, 24),
        "Telegram bot": made.some(DIGITS, 10) + ":AA" + made.some(URL, 33),
        "Twilio": "SK" + made.some(HEX, 32),
        "age": "AGE-SECRET-KEY-1" + made.some("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58),
        "bcrypt hash": "$2b$12$" + made.some(ALNUM + "./", 53),
    }  # fmt: skip
    return {kind: ("src/client.py", 'client = connect("VALUE")\n', value) for kind, value in values.items()}


def _assigned(made: Maker) -> dict[str, tuple[str, str, str]]:
    """Return values that are known by the name they are given to."""
    strong = made.some(ALNUM, 9) + "#!" + made.some(ALNUM, 5) + "aZ9$"
    return {
        "AWS secret key": ("deploy.sh", "export AWS_SECRET_ACCESS_KEY=VALUE\n", made.some(BASE64, 40)),
        "AWS secret key in code": ("app/config.py", 'AWS_SECRET_ACCESS_KEY = "VALUE"\n', made.some(BASE64, 40)),
        "password in an address": ("app/config.py", 'DATABASE = "postgres://shop:VALUE@db.internal:5432/shop"\n',
                                   "vX7" + made.some(ALNUM, 12)),
        "password of a cache": ("docker-compose.yml", "      REDIS_URL: redis://:VALUE@cache:6379/0\n", "kQ4" + made.some(ALNUM, 16)),
        "password in code": ("app/config.py", 'PASSWORD = "VALUE"\n', strong),
        "password in YAML": ("settings.yaml", "mail:\n  password: 'VALUE'\n", strong),
        "API key in code": ("src/weather.ts", "const API_KEY = 'VALUE';\n", made.some(ALNUM, 32)),
        "API key in INI": ("app.ini", "api_key = VALUE\n", made.some(HEX, 32)),
        "secret key of Django": ("site/settings.py", "SECRET_KEY = 'VALUE'\n", made.some(ALNUM + "!@#%^&*(-_=+)", 50)),
        "bearer token": ("client.http", "Authorization: Bearer VALUE\n", made.some(URL, 40)),
        "basic authorization": ("tests/api.js", '  headers: { "Authorization": "Basic VALUE" },\n',
                                base64.b64encode(f"shop:{made.some(ALNUM, 18)}".encode()).decode()),
        "curl user": ("ci.sh", "curl -u VALUE https://ci.internal/start\n", f"shop:{made.some(ALNUM, 20)}"),
        "Azure storage": ("appsettings.json", '  "Storage": "AccountName=shop;AccountKey=VALUE;EndpointSuffix=core.windows.net"\n',
                          made.some(BASE64, 86) + "=="),
        "connection string": ("web.config", '<add connectionString="Server=db;User Id=shop;Password=VALUE;" />\n',
                              "Gt5" + made.some(ALNUM, 11)),
        "Datadog": ("monitor.yaml", "datadog_api_key: VALUE\n", made.some(HEX, 40)),
        "Algolia": ("search.js", "const algoliaKey = 'VALUE'\n", made.some(HEX, 32)),
        "Twilio auth token": ("sms.rb", 'TWILIO_AUTH_TOKEN = "VALUE"\n', made.some(HEX, 32)),
        "Heroku by name": ("deploy.yaml", "heroku_api_key: VALUE\n", made.uuid()),
        "Mapbox": ("map.js", 'mapboxToken = "VALUE"\n', "pk." + made.some(LOWER + DIGITS, 60) + "." + made.some(LOWER + DIGITS, 22)),
        "docker registry": ("registry.json", '{"auths": {"registry.internal": {"auth": "VALUE"}}}\n',
                            base64.b64encode(f"shop:{made.some(ALNUM, 20)}".encode()).decode()),
        "client key of Kubernetes": ("notes.md", "    client-key-data: VALUE\n", made.some(BASE64, 200)),
        "htpasswd": ("users.txt", "ann:VALUE\n", "$apr1$" + made.some(ALNUM, 8) + "$" + made.some(ALNUM, 22)),
        "Slack webhook": ("notify.py", 'post("VALUE")\n', "https://hooks.slack.com/services/" + "T" + made.some(UPPER + DIGITS, 10)
                          + "/B" + made.some(UPPER + DIGITS, 10) + "/" + made.some(ALNUM, 24)),
        "AWS secret key in a notebook": ("look.ipynb", '{"source": ["aws_secret_access_key = \\"VALUE\\"\\n"]}', made.some(BASE64, 40)),
        "password in JSON within JSON": ("events.json", '{"body": "{\\"password\\": \\"VALUE\\"}"}', strong),
        "password of Terraform": ("main.tf", 'administrator_login_password = "VALUE"\n', made.some(LOWER + DIGITS, 16)),
    }  # fmt: skip


def _keys(made: Maker) -> Iterator[Sample]:
    for name in ("RSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK"):
        key = made.key(name)
        yield Sample(name, "src/keys.py", f'KEY = """{key}\n"""\n', tuple(key.split("\n")[1:-1]))
    escaped = made.key("PRIVATE KEY").replace("\n", "\\n")
    yield Sample("private key in JSON", "account.js", f'  "privateKey": "{escaped}",\n', (escaped[27:-25],))
    cut = made.key("RSA PRIVATE KEY").rpartition("\n")[0]
    yield Sample("private key without an end", "guide.md", f"Copy this:\n\n{cut}\n", tuple(cut.split("\n")[1:]))
    encoded = base64.b64encode(made.some(ALNUM, 24).encode()).decode()
    manifest = f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: shop\ndata:\n  password: {encoded}\n"
    yield Sample("secret of Kubernetes", "deploy/secret.yaml", manifest, (encoded,))
