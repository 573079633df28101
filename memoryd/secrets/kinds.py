"""The kinds of files that are secret as a whole: what they are called, and what they hold.

A name alone is enough only where such files hold nothing else. Where a file may also be harmless, a line of it decides.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of secret file, as people call it: its names in lower case, and what it holds, `None` where the name is enough."""

    what: str
    names: frozenset[str] = frozenset()
    beginnings: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    holds: "re.Pattern[bytes] | None" = None

    def is_named(self, name: str) -> bool:
        """Tell whether files of this kind are called so."""
        return name in self.names or name.startswith(self.beginnings) or name.endswith(self.endings)


def _kind(what: str, names: str, holds: bytes | None = None) -> Kind:
    """Return a kind by names between blanks; a star stands for any beginning or end."""
    given = names.split()
    return Kind(
        what,
        frozenset(name for name in given if "*" not in name),
        tuple(name[:-1] for name in given if name.endswith("*")),
        tuple(name[1:] for name in given if name.startswith("*")),
        re.compile(holds, re.IGNORECASE | re.MULTILINE) if holds else None,
    )


VALUE = rb"[ \t]*[\"']?[^\s\"'#<$%{]"
"""What stands after a sign of assignment if it is a value: no variable, form to fill in, or template."""
LONG_VALUE = VALUE + rb"[^\s\"']{7}"
KINDS = (
    _kind("a private key", "id_rsa id_dsa id_ecdsa id_ed25519 id_xmss id_ecdsa_sk id_ed25519_sk *.ppk secring.gpg"),
    _kind("a private key", "*.key", rb"\A[0-9a-f]{32}\s?\Z"),
    _kind("a keystore", "*.jks *.jceks *.bks *.keystore *.truststore *.p12 *.pfx *.pkcs12 *.kdb *.kdbx *.keychain *.keychain-db"),
    _kind("the state of Terraform", "*.tfstate *.tfstate.backup"),
    _kind("an env file with values", ".env .env.* *.env .envrc", rb"^[ \t]*(?:export[ \t]+)?[\w.]+[ \t]*=" + VALUE),
    _kind("passwords of hosts", ".netrc _netrc .authinfo", rb"\bpassword\s{1,40}\S"),
    _kind("passwords of hosts", ".git-credentials .pgpass pgpass.conf", rb"\S:\S"),
    _kind("a token of npm", ".npmrc .yarnrc .yarnrc.yml", rb"_(?:authToken|auth|password)[ \t]*=" + VALUE + rb"|npmAuthToken:" + VALUE),
    _kind("a password of PyPI", ".pypirc", rb"^[ \t]*password[ \t]*[=:]" + VALUE),
    _kind(
        "credentials of a cloud",
        "credentials .credentials credentials.ini credentials.csv credentials.toml credentials.json credentials.yml credentials.yaml"
        " credentials.tfrc.json .boto .s3cfg .terraformrc terraform.rc accesstokens.json application_default_credentials.json",
        rb"(?:secret|token|passw(?:or)?d|api_?key|private_?key|access_?key)[\w-]{0,40}[\"']?[ \t]*[=:]" + LONG_VALUE,
    ),
    _kind("a token of Vault", ".vault-token", rb"\S{8}"),
    _kind("passwords of registries", "config.json .dockercfg .dockerconfigjson", rb"\"(?:auth|identitytoken)\"\s{0,9}:\s{0,9}\"[^\"]"),
    _kind("a password of a database", ".my.cnf .mylogin.cnf", rb"^[ \t]*password[ \t]*=" + VALUE),
    _kind("hashes of passwords", ".htpasswd htpasswd", rb":(?:\$|\{SHA\})"),
    _kind("a kubeconfig with keys", "kubeconfig* *.kubeconfig", rb"\b(?:client-key-data|token|password)[\"']?:" + LONG_VALUE),
)
TEMPLATE = re.compile(r"example|sample|template|tpl|dist\b|defaults?\b|schema")
"""Names of files that show which values are needed, and have none."""
PRIVATE_KEY = re.compile(
    rb"^(?:-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d:|AGE-SECRET-KEY-1)", re.MULTILINE
)
KUBECONFIG = re.compile(rb"^[\"']?kind[\"']?:[ \t]*[\"']?Config\b", re.MULTILINE)
KEY_DATA = re.compile(rb"^[ \t]*(?:client-key-data|token|password):" + LONG_VALUE, re.MULTILINE)
MANIFEST = re.compile(rb"^kind:[ \t]*[\"']?Secret\b", re.MULTILINE)
PLAIN_VALUES = re.compile(rb"^stringData:[ \t]*\r?\n(?:[ \t]+#[^\n]*\n)*+[ \t]+[\w.-]+:" + VALUE, re.MULTILINE)
ACCOUNT = re.compile(rb"\"type\"\s{0,20}:\s{0,20}\"(?:service_account|authorized_user)\"")
ACCOUNT_KEY = re.compile(rb"\"(?:private_key|refresh_token)\"\s{0,20}:\s{0,20}\"[^\"<$]{20}")
