"""Microsoft Defender for Endpoint: what `mdatp health --output json` says.

Source: Microsoft, «Investigate agent health issues based on values returned when you run the mdatp health command».
Healthy is not protected: a real answer is healthy with real-time protection off and in passive mode, so each is asked.
`definitionsUpdated` is when definitions last came, which is all that it dates.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from agent.core.errors import Unreadable
from agent.core.facts.protection import Protection
from agent.core.host import Host

PRODUCT = "defender"
LONGEST = 1024 * 1024
# Before this, the date is a zero that someone counted from: no definitions have ever come.
FIRST = datetime(2015, 1, 1, tzinfo=UTC)


def look_at(host: Host, now: datetime, timeout: timedelta) -> Protection:
    """Return what Defender is on one machine. Raises a LookError where it does not say."""
    output = host.run("mdatp", "health", "--output", "json", timeout=timeout, accept=None, output_limit=LONGEST)
    said = output.stdout + output.stderr
    # Could not connect to the daemon
    if output.status != 0 and b"connect" in said:
        return Protection(product=PRODUCT, running=False, said="mdatp does not reach its daemon")
    return parse(output.stdout, now)


# {"healthy":true,"healthIssues":[],"licensed":true,"definitionsUpdated":"1691587153787",
#  "definitionsVersion":"1.395.30.0","definitionsStatus":{"$type":"upToDate"},"passiveModeEnabled":{"value":false,…},
#  "productExpiration":"1712756068000","realTimeProtectionEnabled":{"value":true,…},…}
def parse(said: bytes, now: datetime) -> Protection:
    """Return what one answer tells. Raises Unreadable."""
    try:
        told: Any = json.loads(said)
    except (ValueError, RecursionError) as error:
        raise Unreadable("mdatp's health is no JSON") from error
    if not isinstance(told, dict) or "realTimeProtectionEnabled" not in told or "licensed" not in told:
        raise Unreadable("mdatp health does not say whether it protects")
    expires, version = _instant(told.get("productExpiration")), told.get("definitionsVersion")
    off = _why_off(told, expires, now)
    return Protection(
        product=PRODUCT,
        running=True,
        engaged=off is None,
        loaded=_instant(told.get("definitionsUpdated")),
        loaded_version=version[:40] if isinstance(version, str) and version else None,
        said=off,
    )


def _why_off(told: dict[str, Any], expires: datetime | None, now: datetime) -> str | None:
    if told.get("licensed") is not True:
        return "it has no licence, hence detects nothing"
    if expires is not None and expires <= now:
        return "the product has expired"
    issues = told.get("healthIssues")
    if told.get("healthy") is not True or issues:
        named = ", ".join(str(issue)[:60] for issue in issues[:5]) if isinstance(issues, list) else ""
        return f"it is not healthy: {named or 'it does not say why'}"
    if _value(told, "realTimeProtectionEnabled") is not True:
        return "its real-time protection is off"
    if _value(told, "passiveModeEnabled") is not False:
        return "it is in passive mode"
    return None


def _value(told: dict[str, Any], name: str) -> object:
    """Return a setting; it is told as a table with its value, or in older versions alone."""
    setting = told.get(name)
    return setting.get("value") if isinstance(setting, dict) else setting


def _instant(milliseconds: object) -> datetime | None:
    """Return an instant told in milliseconds of Unix time, mostly as text; None for none that can be one."""
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | str):
        return None
    try:
        instant = datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return instant if instant >= FIRST else None
