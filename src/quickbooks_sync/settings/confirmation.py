"""Checks the values a person confirms against the company's own accounts and items, and stores them."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Connection

from quickbooks_sync.model.errors import SettingsError
from quickbooks_sync.postgres.records.link_states import forget_agreed
from quickbooks_sync.settings.access import CompanyAccess
from quickbooks_sync.settings.company import CompanySettings, read_settings
from quickbooks_sync.settings.company_profile import Reference, read_reference, to_facts
from quickbooks_sync.settings.known import DECIDES_BASE, Setting, nearest, setting_named
from quickbooks_sync.settings.storage import (
    StoredSetting,
    delete_settings,
    read_stored,
    write_confirmed,
    write_nightly,
)

_TRUE = ("true", "yes", "on")
_FALSE = ("false", "no", "off")


def confirm_settings(
    access: CompanyAccess, realm_id: str, changes: Mapping[str, str]
) -> CompanySettings:
    """Confirm every proposed value, with some of them changed, all or nothing.

    Args:
        access: Where the settings are kept.
        realm_id: The company.
        changes: Values by setting name; an account or item by its Id or name. An empty value
            forgets the setting.

    Raises:
        SettingsError: At least one value is not possible; the message names all that are not.
    """
    with access.engine.begin() as connection:
        reference = read_reference(connection, realm_id)
        stored = read_stored(connection, realm_id)
        proposed = {
            row_values.name: row_values.value
            for row_values in stored.values()
            if row_values.value is not None
        }
        wanted = {name: value for name, value in {**proposed, **changes}.items() if value.strip()}
        values = _parse_all(wanted, reference)
        _forget_agreed(connection, realm_id, stored, values)
        delete_settings(connection, realm_id, [name for name in changes if name not in wanted])
        if "nightly" in values:
            write_nightly(connection, realm_id, values.pop("nightly") == "true")
        write_confirmed(connection, realm_id, values)
        return read_settings(connection, realm_id)


def _forget_agreed(
    connection: Connection,
    realm_id: str,
    stored: Mapping[str, StoredSetting],
    values: Mapping[str, str],
) -> None:
    """Forget what the sides had agreed on under a setting that now has another value; they compare it again."""
    for name, field in DECIDES_BASE.items():
        before = stored.get(name)
        if before and before.is_confirmed and before.value != values.get(name):
            forget_agreed(connection, realm_id, field)


def parse_setting(name: str, value: str, reference: Reference) -> str:
    """Return a value in the form it is stored in.

    Raises:
        SettingsError: The setting does not exist, or cannot hold this value.
    """
    setting = setting_named(name)
    return _PARSERS[setting.kind](setting, value.strip(), reference)


def _parse_all(wanted: Mapping[str, str], reference: Reference) -> dict[str, str]:
    values: dict[str, str] = {}
    errors: list[SettingsError] = []
    for name, value in wanted.items():
        try:
            values[name] = parse_setting(name, value, reference)
        except SettingsError as error:
            errors.append(error)
    if errors:
        raise SettingsError(
            "\n".join(error.message for error in errors) + "\nNothing was confirmed.",
            setting=", ".join(str(error.facts.get("setting")) for error in errors),
        )
    return values


def _parse_record(setting: Setting, value: str, reference: Reference) -> str:
    records = reference.named(setting.kind)
    by_name: dict[str, list[Mapping[str, Any]]] = {}
    for record in records:
        for name in {record.get("Name"), record.get("FullyQualifiedName")} - {None}:
            by_name.setdefault(str(name).casefold(), []).append(record)
    found = [record for record in records if record["Id"] == value] or by_name.get(
        value.casefold(), []
    )
    if len(found) == 1:
        return _of_right_type(setting, value, found[0])
    if found:
        ids = ", ".join(str(record["Id"]) for record in found)
        raise _refused(setting, value, f"several are named so; give the Id, one of {ids}.")
    known = tuple(str(record.get("Name")) for record in records if _has_right_type(setting, record))
    raise _refused(
        setting,
        value,
        f"the company has no active {setting.kind} of this Id or name"
        f"{nearest(value, known)} Those possible are {', '.join(known) or 'none'}.",
    )


def _of_right_type(setting: Setting, value: str, record: Mapping[str, Any]) -> str:
    if not _has_right_type(setting, record):
        found = record.get("AccountType") if setting.kind == "account" else record.get("Type")
        allowed = ", ".join(setting.account_types or setting.item_types)
        raise _refused(
            setting,
            value,
            f"{record.get('Name')} is of type {found}, which must be one of {allowed}.",
        )
    return str(record["Id"])


def _has_right_type(setting: Setting, record: Mapping[str, Any]) -> bool:
    if setting.kind == "account":
        return record.get("AccountType") in setting.account_types
    return record.get("Type") in setting.item_types


def _parse_choice(setting: Setting, value: str, _reference: Reference) -> str:
    spelled = {choice.casefold(): choice for choice in setting.choices}
    if value.casefold() in spelled:
        return spelled[value.casefold()]
    raise _refused(
        setting,
        value,
        f"it must be one of {', '.join(setting.choices)}{nearest(value, setting.choices)}",
    )


def _parse_choices(setting: Setting, value: str, reference: Reference) -> str:
    parts = [_parse_choice(setting, part.strip(), reference) for part in value.split(",")]
    return ",".join(choice for choice in setting.choices if choice in parts)


def _parse_ratio(setting: Setting, value: str, _reference: Reference) -> str:
    try:
        ratio = Decimal(value)
        is_share = 0 <= ratio <= 1
    except InvalidOperation:
        is_share = False
    if not is_share:
        raise _refused(setting, value, "it must be a share from 0 to 1, such as 0.2.")
    return f"{ratio:f}"


def _parse_count(setting: Setting, value: str, _reference: Reference) -> str:
    if not value.isdigit():
        raise _refused(setting, value, "it must be a whole number, such as 50.")
    return str(int(value))


def _parse_date(setting: Setting, value: str, reference: Reference) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise _refused(setting, value, "it must be a day written as 2026-01-31.") from None
    closed = to_facts(reference)["book_close_date"]
    if closed and day <= date.fromisoformat(closed):
        raise _refused(setting, value, f"the books are closed up to {closed}; take a later day.")
    return day.isoformat()


def _parse_boolean(setting: Setting, value: str, _reference: Reference) -> str:
    if value.casefold() in _TRUE:
        return "true"
    if value.casefold() in _FALSE:
        return "false"
    raise _refused(setting, value, "it must be true or false.")


_PARSERS: Mapping[str, Callable[[Setting, str, Reference], str]] = {
    "account": _parse_record,
    "item": _parse_record,
    "choice": _parse_choice,
    "choices": _parse_choices,
    "ratio": _parse_ratio,
    "count": _parse_count,
    "date": _parse_date,
    "boolean": _parse_boolean,
}


def _refused(setting: Setting, value: str, why: str) -> SettingsError:
    return SettingsError(f"{setting.name} cannot be {value!r}: {why}", setting=setting.name)
