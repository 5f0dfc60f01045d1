"""Plays the person who signs in at the authorize page and picks a company."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

from demo.errors import DemoError

_TIMEOUT_SECONDS = 30.0


def give_consent(authorize_url: str, realm_id: str) -> None:
    """Open the authorize page, choose a company in its form, and follow the way back to the callback.

    Raises:
        DemoError: The page has no form that offers the company, or an address refused the visit.
    """
    with requests.Session() as browser:
        page = _checked(browser.get(authorize_url, timeout=_TIMEOUT_SECONDS))
        form = parse_form(page.text)
        answer = form.choose(realm_id)
        target = urljoin(page.url, form.action) if form.action else page.url
        _checked(browser.post(target, data=answer, timeout=_TIMEOUT_SECONDS))


@dataclass
class ConsentForm(HTMLParser):
    """The first form of a page: where it goes, what it carries, and what it lets choose."""

    action: str = ""
    hidden: dict[str, str] = field(default_factory=dict)
    choices: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    _select: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect the form's controls."""
        given = {name: value or "" for name, value in attrs}
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "form":
            self.action = self.action or given.get("action", "")
        elif tag == "select":
            self._select = name
        elif tag == "option":
            self.choices.append((self._select, value))
        elif tag == "input" and given.get("type") == "hidden":
            self.hidden[name] = value
        elif tag == "button" or given.get("type") == "submit":
            self.buttons.append((name, value))
        elif tag == "input":
            self.choices.append((name, value))

    def choose(self, realm_id: str) -> dict[str, str]:
        """Return the form's answer with a company chosen and the first button pressed.

        Raises:
            DemoError: The form does not offer the company.
        """
        names = [name for name, value in self.choices if value == realm_id]
        if not names:
            offered = ", ".join(value for _name, value in self.choices) or "none"
            raise DemoError(
                f"The authorize page does not offer company {realm_id}, only: {offered}"
            )
        return {**self.hidden, **dict(self.buttons[:1]), names[0]: realm_id}


def parse_form(page: str) -> ConsentForm:
    """Read the form of an authorize page."""
    form = ConsentForm()
    form.feed(page)
    return form


def _checked(answer: requests.Response) -> requests.Response:
    if not answer.ok:
        place = answer.url.partition("?")[0]
        raise DemoError(f"{place} answered {answer.status_code}: {answer.text[:300]}")
    return answer
