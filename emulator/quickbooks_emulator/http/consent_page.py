"""The HTML of the consent page: which company to share, or none."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;background:#f4f5f8;color:#1d2433;margin:0}
main{max-width:30rem;margin:4rem auto;background:#fff;border:1px solid #d4d7dc;
border-radius:8px;padding:2rem}
h1{font-size:1.25rem;margin:0 0 .5rem}fieldset{border:0;padding:0;margin:1.5rem 0}
label{display:block;padding:.5rem 0}small{color:#5b6472}
button{font:inherit;padding:.5rem 1.25rem;border-radius:4px;border:1px solid #1a6e2e;
background:#1a6e2e;color:#fff;cursor:pointer}
button.plain{background:#fff;color:#1d2433;border-color:#8d9096}
"""


def consent_page(companies: Mapping[str, str], params: Mapping[str, str]) -> str:
    """Return the form on which a person picks a company and agrees or declines.

    Args:
        companies: realm id -> name.
        params: the authorization request, carried along in hidden fields.
    """
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in params.items()
    )
    choices = "".join(
        f'<label><input type="radio" name="realmId" value="{escape(realm)}"'
        f"{' checked' if position == 0 else ''}> {escape(name)} <small>{escape(realm)}</small>"
        "</label>"
        for position, (realm, name) in enumerate(companies.items())
    )
    if not companies:
        choices = "<p>There is no company yet. Start the emulator with --seed-sample.</p>"
    return _page(
        "Connect a company",
        f"<p>The app <strong>{escape(params['client_id'])}</strong> asks to read and change the "
        "accounting data of one company. <small>This is the QuickBooks emulator, not Intuit."
        f'</small></p><form method="post">{hidden}<fieldset>{choices}</fieldset>'
        '<button name="decision" value="connect">Connect</button> '
        '<button class="plain" name="decision" value="decline">No thanks</button></form>',
    )


def error_page(text: str) -> str:
    """Return a page that says what is wrong with an authorization request."""
    return _page("This app cannot connect", f"<p>{escape(text)}</p>")


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><main><h1>{title}</h1>{body}</main></body></html>"
    )
