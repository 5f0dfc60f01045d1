"""The record type under review, and what is taken for granted while its waiting rows are judged."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from quickbooks_sync.mapping import RecordMapping
from quickbooks_sync.postgres.connection.companies import Company
from quickbooks_sync.record_types.record_type import RecordType
from quickbooks_sync.record_types.registry import RECORD_TYPES
from quickbooks_sync.settings import (
    SETTINGS,
    CompanySettings,
    Setting,
    read_settings,
    read_settings_as_proposed,
)

if TYPE_CHECKING:
    from quickbooks_sync.workspace import Workspace


@dataclass(frozen=True)
class Reviewed:
    """One record type of one company, for decisions about its rows outside a run.

    Attributes:
        workspace: Where its files are.
        realm_id: The company.
        organization_id: The company's organization in Loupe.
        type: All there is to know of the record type.
    """

    workspace: "Workspace"
    realm_id: str
    organization_id: int
    type: RecordType

    @property
    def record_type(self) -> str:
        """The name of the record type."""
        return self.type.name

    @property
    def mapping(self) -> RecordMapping:
        """The mapping of the record type."""
        return self.workspace.mapping(self.record_type)

    @property
    def expectations(self) -> Path:
        """The expectations file of the record type."""
        return self.workspace.expectations / f"{self.record_type}.yaml"


def iter_reviewed(workspace: "Workspace", company: Company) -> Iterator[Reviewed]:
    """Yield every record type of a company."""
    for kind in RECORD_TYPES.values():
        yield Reviewed(workspace, company.realm_id, company.organization_id, kind)


@dataclass(frozen=True)
class BothSettings:
    """A company's settings as they are, and as if every proposal were confirmed.

    Attributes:
        confirmed: What a push works with now.
        assumed: What it would work with then; a needed setting without a proposal has a stand-in.
    """

    confirmed: CompanySettings
    assumed: CompanySettings

    @classmethod
    def read(cls, connection: Connection, realm_id: str) -> "BothSettings":
        """Read both."""
        return cls(
            read_settings(connection, realm_id),
            assume(read_settings_as_proposed(connection, realm_id)),
        )


def assume(settings: CompanySettings) -> CompanySettings:
    """Fill the settings that a push needs and nobody proposed a value for; nothing of it is sent or stored."""
    needed = [name for kind in RECORD_TYPES.values() for name in kind.needed_settings]
    stand_ins = {name: _stand_in(SETTINGS[name]) for name in settings.missing(needed)}
    return replace(settings, stored={**settings.stored, **stand_ins})


def _stand_in(setting: Setting) -> str:
    if setting.choices:
        return setting.choices[0]
    return "1970-01-01" if setting.kind == "date" else "0"


def to_assumed_id(loupe_id: int) -> str:
    """Return what stands in for the QuickBooks Id of a row that is not linked."""
    return f"not linked: {loupe_id}"


class AssumedIds(Mapping[int, str]):
    """QuickBooks Ids by Loupe id, as if every row were linked: one that is not has a stand-in.

    Args:
        known: The Ids of rows that are linked.
    """

    def __init__(self, known: Mapping[int, str]) -> None:
        self._known = known

    def __contains__(self, loupe_id: object) -> bool:
        return True

    def __getitem__(self, loupe_id: int) -> str:
        return self._known.get(loupe_id) or to_assumed_id(loupe_id)

    def __iter__(self) -> Iterator[int]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def assume_linked(
    mapping: RecordMapping, references: Mapping[str, Mapping[int, str]]
) -> dict[str, Mapping[int, str]]:
    """Return references in which whatever a row waits for is linked; what is only pulled stays as it is."""
    awaited: Sequence[str | None] = [
        field.references for field in mapping.every_field() if field.kind == "two_way"
    ]
    return {
        record_type: AssumedIds(known) if record_type in awaited else known
        for record_type, known in references.items()
    }
