"""What a browser would send back of a page: the inputs as they stand, to be changed and posted."""

from html.parser import HTMLParser


class _Forms(HTMLParser):
    """Every form of the page with its named inputs; an unchecked box or choice is not sent."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self._select: str | None = None
        self._textarea: str | None = None

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        name = found.get("name")
        if tag == "form":
            self.forms.append({})
        elif not self.forms:
            return
        elif tag == "input" and name and found.get("type") not in ("submit", "file"):
            if found.get("type") not in ("checkbox", "radio") or "checked" in found:
                self.forms[-1][name] = found.get("value") or ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in found or self._select not in self.forms[-1]:
                self.forms[-1][self._select] = found.get("value") or ""
        elif tag == "textarea":
            self._textarea = name
            self.forms[-1][name] = ""

    def handle_endtag(self, tag):
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None

    def handle_data(self, data):
        if self._textarea:
            self.forms[-1][self._textarea] += data


_TOKENS = ("csrf_token", "once")  # of the page, not of what is typed


def form_of(page: str, field: str) -> dict[str, str]:
    """The form of a page that has this field, as it would be sent unchanged."""
    reader = _Forms()
    reader.feed(page)
    return next(
        {name: text.removeprefix("\r\n").removeprefix("\n") for name, text in form.items() if name not in _TOKENS}
        for form in reader.forms
        if field in form
    )
