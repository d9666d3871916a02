"""Where a redirect may lead: to a page of this house and nowhere else."""

from urllib.parse import urlsplit

from flask import request

_LONGEST = 2000


def own_path(target: str | None) -> str | None:
    """The target if it is a path of ours: one leading slash, no backslash, no control character, no host.

    Browsers read `//host`, `/\\host` and `/<tab>/host` as another site, so none of these passes.
    """
    if not target or len(target) > _LONGEST or not target.startswith("/") or target.startswith("//"):
        return None
    if "\\" in target or any(not letter.isprintable() or letter.isspace() for letter in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def page_before() -> str | None:
    """The page of ours that the request came from, as the browser tells it."""
    referrer = request.referrer or ""
    origin = request.host_url.rstrip("/")
    return own_path(referrer.removeprefix(origin)) if referrer.startswith(origin + "/") else None
