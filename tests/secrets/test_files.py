"""Files that are secret as a whole are left out with a reason, and their templates are not."""

from pathlib import Path

import pytest

from memoryd.files import Content, Refused, read, read_unchanged
from memoryd.model import Secrets
from memoryd.secrets import why_secret
from tests.secrets.corpus import ALNUM, BASE64, Maker

MADE = Maker(5)
SECRET = {
    ".env": ("an env file with values", f"DEBUG=1\nSMTP_PASSWORD={MADE.some(ALNUM, 12)}\n"),
    "deploy/.env.production": ("an env file with values", "export HOST=db.internal\n"),
    "prod.env": ("an env file with values", "A=b\n"),
    ".ssh/id_ed25519": ("a private key", MADE.key("OPENSSH PRIVATE KEY")),
    "id_rsa": ("a private key", "Proc-Type: 4,ENCRYPTED\n"),
    "certs/server.pem": ("a private key", f"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n{MADE.key('PRIVATE KEY')}\n"),
    "tls.key": ("a private key", MADE.key("EC PRIVATE KEY")),
    "putty.ppk": ("a private key", "PuTTY-User-Key-File-3: ssh-ed25519\n"),
    "backup/age.txt": ("a private key", "# created\nAGE-SECRET-KEY-1" + MADE.some("QPZRY9X8", 58)),
    "config/master.key": ("a private key", MADE.some("0123456789abcdef", 32) + "\n"),
    "release.keystore": ("a keystore", "\0\1"),
    "cert.p12": ("a keystore", "\0"),
    "team.kdbx": ("a keystore", "\0"),
    "infra/terraform.tfstate": ("the state of Terraform", '{"version": 4}'),
    "terraform.tfstate.backup": ("the state of Terraform", "{}"),
    ".netrc": ("passwords of hosts", f"machine api.internal login ann password {MADE.some(ALNUM, 9)}\n"),
    ".git-credentials": ("passwords of hosts", "https://ann:" + MADE.some(ALNUM, 9) + "@host\n"),
    ".pgpass": ("passwords of hosts", "db:5432:shop:ann:" + MADE.some(ALNUM, 9) + "\n"),
    ".npmrc": ("a token of npm", "//registry.npmjs.org/:_authToken=" + MADE.some(ALNUM, 30) + "\n"),
    ".yarnrc.yml": ("a token of npm", "npmAuthToken: " + MADE.some(ALNUM, 30) + "\n"),
    ".pypirc": ("a password of PyPI", "[pypi]\nusername = ann\npassword = " + MADE.some(ALNUM, 9) + "\n"),
    ".aws/credentials": ("credentials of a cloud", "[default]\naws_secret_access_key = " + MADE.some(BASE64, 40) + "\n"),
    "credentials": ("credentials of a cloud", "[default]\naws_secret_access_key=" + MADE.some(BASE64, 40) + "\n"),
    ".cargo/credentials.toml": ("credentials of a cloud", f'[registry]\ntoken = "{MADE.some(ALNUM, 30)}"\n'),
    "service.json": ("credentials of a cloud",
        '{"type": "service_account", "private_key": "' + MADE.key("PRIVATE KEY").replace("\n", "\\n") + '"}'),
    ".vault-token": ("a token of Vault", MADE.some(ALNUM, 26)),
    ".docker/config.json": ("passwords of registries", '{"auths": {"r": {"auth": "YW5uOmJvYg=="}}}'),
    ".my.cnf": ("a password of a database", "[client]\npassword = abc\n"),
    ".htpasswd": ("hashes of passwords", "ann:$apr1$x$y\n"),
    "kubeconfig.yaml": ("a kubeconfig with keys", "kind: Config\nusers:\n- user:\n    token: " + MADE.some(ALNUM, 30) + "\n"),
    "ops/cluster.yaml": ("a kubeconfig with keys",
        "apiVersion: v1\nkind: Config\nusers:\n- user:\n    client-key-data: " + MADE.some(BASE64, 80) + "\n"),
    "deploy/secret.yaml": ("a Secret of Kubernetes with values", "kind: Secret\nstringData:\n  password: hunter22\n"),
}  # fmt: skip
OPEN = {
    ".env.example": "SMTP_PASSWORD=changeme\n",
    ".env": "# nothing yet\nSMTP_PASSWORD=\nTOKEN=${TOKEN}\n",
    "id_rsa.pub": "ssh-rsa AAAAB3 ann@host\n",
    "cert.pem": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    ".npmrc": "registry=https://registry.npmjs.org/\n//registry.npmjs.org/:_authToken=${NPM_TOKEN}\n",
    ".pypirc": "[distutils]\nindex-servers = pypi\n",
    "credentials.py": "class Credentials:\n    token = None\n",
    "app/environment.env.ts": "export const a = 1\n",
    "docs/keys.md": "A key looks so:\n\n-----BEGIN RSA PRIVATE KEY-----\n",
    "deploy/secret.yaml": "kind: Secret\nstringData:\n  password: {{ .Values.password }}\n",
    "config/app.yaml": "kind: Config\nusers: []\n",
    "package.json": '{"type": "module"}',
}


@pytest.mark.parametrize("path", SECRET)
def test_a_secret_file_is_left_out_with_its_reason_and_taken_in_on_request(tmp_path: Path, path: str) -> None:
    what, text = SECRET[path]
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(text)
    found = read(tmp_path, path)
    assert isinstance(found, Refused)
    assert found.reason == f"secret: {what}"
    shown = read(tmp_path, path, Secrets.SHOW)
    assert isinstance(shown, Content) if "\0" not in text else isinstance(shown, Refused) and shown.reason == "binary"


@pytest.mark.parametrize("path", OPEN)
def test_a_file_without_secrets_is_not_left_out(path: str) -> None:
    assert why_secret(path, OPEN[path].encode()) == ""


def test_a_file_is_shown_the_same_each_time_it_is_read(tmp_path: Path) -> None:
    key = MADE.some(ALNUM, 32)
    shown = {"plain.py": "a = 1\n", "key.py": f"API_KEY = '{'*' * 32}'\n"}
    (tmp_path / "plain.py").write_text(shown["plain.py"])
    (tmp_path / "key.py").write_text(f"API_KEY = '{key}'\n")
    for path, text in shown.items():
        found = read(tmp_path, path)
        assert isinstance(found, Content)
        # What has no secret is remembered, and what has one is masked again.
        assert [read_unchanged(tmp_path, path, found.digest) for _ in range(2)] == [text.encode()] * 2
        (tmp_path / path).write_text(f"API_KEY = '{key}'  # now\n")
        assert read_unchanged(tmp_path, path, found.digest) is None
