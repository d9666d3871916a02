"""Front-end files: those that come inside wheels, checked against their releases, and our own.

Each is served under a name that changes with its content, so that a browser may keep it for a year.
"""

import hashlib
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from flask import Flask, current_app, url_for
from markupsafe import Markup

_OWN = Path(__file__).parent / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

# public name → package, path inside it, SHA-256. The packages are never imported: only the file is read.
FILES = {
    "bootstrap.css": (
        "flask_bootstrap",
        "static/bootstrap5/css/bootstrap.min.css",
        "d85327d99c7a3ee1f9b5d0500d1370acea3ad2db39c163c2f51f232baedbdede",
    ),
    "htmx.js": (
        "js_lib_htmx",
        "static/htmx/htmx.min.js",
        "491955cd1810747d7d7b9ccb936400afb760e06d25d53e4572b64b6563b2784e",
    ),
}
ICONS = (
    "flask_bootstrap",
    "static/bootstrap5/icons/bootstrap-icons.svg",
    "fe7b61303ee8b160aa2d596dabbb70f4ffeaf8ea24891004e9b1d0d2877638b1",
)
_SYMBOL = re.compile(r'<symbol [^>]*id="([^"]+)">(.*?)</symbol>', re.DOTALL)


class Asset(NamedTuple):
    content: bytes
    type: str
    version: str


def register(app: Flask) -> None:
    """Refuses to start when a wheel holds another file than the one that was looked at."""
    app.extensions["assets"] = _from_wheels() | _our_own()
    _symbols()
    app.add_template_global(asset)
    app.add_template_global(icon)


def asset(name: str) -> str:
    """The address of a front-end file, as it is now."""
    return url_for("assets.show", version=_all()[name].version, name=name)


def find_asset(name: str, version: str) -> Asset | None:
    found = _all().get(name)
    return found if found and found.version == version else None


def icon(name: str) -> Markup:
    """A Bootstrap icon, inline; its meaning is told by the words beside it. An unknown name is a KeyError."""
    return Markup('<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>').format(
        Markup(_symbols()[name])  # noqa: S704 - the sprite's content is the one whose SHA-256 stands above
    )


def checked_content(package: str, path: str, sha256: str) -> bytes:
    """The bytes of a file inside a wheel; leaves with a sentence when they are missing or not the known ones."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"缺少前端文件包 {package}，请执行 pip install -r requirements.txt 后再启动。")
    file = Path(spec.submodule_search_locations[0]) / path
    content = file.read_bytes() if file.is_file() else b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise SystemExit(
            f"前端文件 {package}/{path} 与核对过的发布内容不一致，为安全起见不启动。请按 requirements.txt 重新安装。"
        )
    return content


def _all() -> dict[str, Asset]:
    return current_app.extensions["assets"]


def _from_wheels() -> dict[str, Asset]:
    return {name: _asset(name, checked_content(*place)) for name, place in FILES.items()}


def _our_own() -> dict[str, Asset]:
    return {file.name: _asset(file.name, file.read_bytes()) for file in _OWN.iterdir() if file.suffix in _TYPES}


def _asset(name: str, content: bytes) -> Asset:
    return Asset(content, _TYPES[Path(name).suffix], hashlib.sha256(content).hexdigest()[:10])


@cache
def _symbols() -> dict[str, str]:
    return dict(_SYMBOL.findall(checked_content(*ICONS).decode()))
