"""Secrets: which files are secret as a whole, and which values in other files. They are neither indexed nor shown.

Guarantees: a masked text has the bytes and lines of the original, secret values replaced by `*`; looking takes time in proportion to the
text, whatever it is (RE2); no message repeats a value.

    rules       the rules, as data: gitleaks' and our own
    finding     where secret values stand in a text
    masking     a text without them
    files       which files are secret as a whole, by name or content
    kinds       the kinds of such files
    languages   the language of a file by its ending
"""

from memoryd.secrets.files import why_secret
from memoryd.secrets.finding import Found, find
from memoryd.secrets.masking import masked, masked_text, without_secrets
from memoryd.secrets.rules import revision

__all__ = ["Found", "find", "masked", "masked_text", "revision", "why_secret", "without_secrets"]
