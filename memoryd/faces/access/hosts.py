"""The hosts that requests name: in the header Host, which a browser takes from the address, and in Origin."""

import ipaddress
import re

HOST = re.compile(r"(?:\[(?P<six>[0-9a-fA-F:.]{2,45})\]|(?P<name>[A-Za-z0-9._-]{1,253}))(?::\d{1,5})?")


def is_loopback(host: str) -> bool:
    """Tell whether a name or an address means this machine and nothing else."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def host_of(given: str) -> str:
    """Return the host of `host:port` in lower case, or an empty string if `given` has no such form."""
    match = HOST.fullmatch(given)
    return (match["six"] or match["name"]).lower() if match else ""


def is_address(host: str) -> bool:
    """Tell whether a host is an address, not a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
