"""How names are compared in the search for duplicates: `Bellini & Figli S.r.l.` meets `BELLINI & FIGLI SRL`."""

import re
import unicodedata

_LEGAL_FORMS = re.compile(
    r"\b(ab|ag|as|bv|co|company|corp|corporation|gmbh|inc|incorporated|kg|limited|llc|llp|ltd|nv|oy"
    r"|plc|pte|pty|pvt|sa|sarl|sas|spa|srl)\b"
)


def to_name_key(name: str) -> str | None:
    """Return a company's or person's name without case, accents, punctuation and legal form."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", name.casefold().removesuffix(" (deleted)"))
        if not unicodedata.combining(letter)
    )
    words = re.sub(r"[^\w\s]", "", plain.replace("&", " and "))
    kept = _LEGAL_FORMS.sub("", words)
    return " ".join((kept if kept.strip() else words).split()) or None
