"""An officer before a running server: signs in, opens pages, sends their forms, as a browser would."""

import html
import re
import time
from http.cookiejar import CookieJar
from secrets import token_hex
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener

from crm.actions.demo import DEMO_PASSWORD

_SECONDS_OF_PATIENCE = 120
_TOKEN = re.compile(r'name="(csrf_token|once)" value="([^"]*)"')
_SENTENCE = re.compile(
    r'<div class="notice[^>]*>.*?</svg>\s*(?:<div>)?\s*<p>(.*?)</p>|<p class="muted">(.*?)</p>|</h1>\s*<p>(.*?)</p>',
    re.DOTALL,
)
_IS_GOING_ON = 'hx-trigger="every 1s"'


class Answer(NamedTuple):
    status: int
    url: str
    text: str
    seconds: float

    @property
    def path(self) -> str:
        return "/" + self.url.split("/", 3)[3]

    @property
    def sentences(self) -> list[str]:
        """What the page tells whoever looks at it: notices, and how a task has ended."""
        told = ["".join(found) for found in _SENTENCE.findall(self.text)]
        return [html.unescape(re.sub(r"<[^>]*>", "", each)).strip() for each in told]


class Officer:
    def __init__(self, url: str, account: str = "kezhang") -> None:
        self._url = url
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()), ProxyHandler({}))
        answer = self.send("/sign-in", "/sign-in", {"account": account, "password": DEMO_PASSWORD, "next": ""})
        if answer.status != 200 or answer.path == "/sign-in":
            raise SystemExit(f"{account} could not sign in: {answer.status} {answer.sentences}")

    def open(self, path: str) -> Answer:
        return self._ask(Request(urljoin(self._url, path)))  # noqa: S310 - our own address

    def send(
        self, page: str, path: str, fields: dict[str, str] | None = None, file: tuple[str, bytes] | None = None
    ) -> Answer:
        """A form of a page, with the tokens that stand in it."""
        tokens = dict(_TOKEN.findall(self.open(page).text))
        body, kind = _body(tokens | (fields or {}), file)
        headers = {"Content-Type": kind, "Referer": urljoin(self._url, page)}
        return self._ask(Request(urljoin(self._url, path), body, headers))  # noqa: S310 - our own address

    def upload(self, name: str, content: bytes) -> Answer:
        """Through the page of imports, until the preview or the refusal is there."""
        return self.awaited(self.send("/imports/new", "/imports", file=(name, content)))

    def confirm(self, preview: Answer) -> Answer:
        return self.awaited(self.send(preview.path, f"{preview.path}/confirmation"))

    def awaited(self, answer: Answer) -> Answer:
        """The end of the work that a page tells the progress of."""
        begun = time.monotonic()
        while answer.status == 200 and _IS_GOING_ON in answer.text:
            if time.monotonic() - begun > _SECONDS_OF_PATIENCE:
                raise SystemExit(f"{answer.path} does not end")
            time.sleep(0.2)
            answer = self.open(answer.path)
        return answer._replace(seconds=answer.seconds + time.monotonic() - begun)

    def _ask(self, request: Request) -> Answer:
        begun = time.monotonic()
        try:
            with self._opener.open(request, timeout=_SECONDS_OF_PATIENCE) as response:
                status, url, text = response.status, response.url, response.read().decode()
        except HTTPError as error:
            status, url, text = error.code, error.url, error.read().decode()
        return Answer(status, url, text, time.monotonic() - begun)


def _body(fields: dict[str, str], file: tuple[str, bytes] | None) -> tuple[bytes, str]:
    if file is None:
        return urlencode(fields).encode(), "application/x-www-form-urlencoded"
    line, (name, content) = token_hex(16).encode(), file
    parts = [
        b'Content-Disposition: form-data; name="%s"\r\n\r\n%s' % (field.encode(), value.encode())
        for field, value in fields.items()
    ]
    shown = name.encode("utf-8", "surrogateescape").replace(b'"', b"%22")
    head = b'Content-Disposition: form-data; name="file"; filename="%s"\r\nContent-Type: application/octet-stream'
    parts.append(head % shown + b"\r\n\r\n" + content)
    body = b"".join(b"--" + line + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + line + b"--\r\n"
    return body, f"multipart/form-data; boundary={line.decode()}"
