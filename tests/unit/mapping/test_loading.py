"""Mapping files: the shipped ones load, and a mistake is named with file, line, key and the nearest word."""

from pathlib import Path

import pytest

from quickbooks_sync.mapping import RecordMapping, load_mapping, load_mappings
from quickbooks_sync.model.errors import MappingError
from quickbooks_sync.record_types.registry import RECORD_TYPES, VOCABULARIES
from quickbooks_sync.transform.canonical import parser_of
from tests.support.record_samples import INCLUDE, TABLES

SMALL = """\
record_type: customer
entity: Customer
table: customer
key: customer_id
fields:
  display_name:
    kind: two_way
    type: text
    loupe: display_name
    quickbooks: DisplayName
  is_active:
    kind: two_way
    type: boolean
    loupe: is_active
    quickbooks: Active
"""


@pytest.fixture
def shipped() -> dict[str, RecordMapping]:
    return load_mappings(INCLUDE / "mappings", VOCABULARIES, tables=TABLES)


def refusal(tmp_path: Path, text: str) -> MappingError:
    file = tmp_path / "customer.yaml"
    file.write_text(text)
    with pytest.raises(MappingError) as caught:
        load_mapping(file, VOCABULARIES, tables=TABLES)
    assert str(file) in str(caught.value)
    assert caught.value.facts["file"] == str(file)
    return caught.value


def test_every_record_type_has_a_shipped_mapping(shipped: dict[str, RecordMapping]) -> None:
    assert sorted(shipped) == sorted(RECORD_TYPES)


@pytest.mark.parametrize("record_type", RECORD_TYPES)
def test_shipped_keys_are_columns_and_defaults_are_canonical(
    shipped: dict[str, RecordMapping], record_type: str
) -> None:
    mapping = shipped[record_type]
    assert mapping.table == record_type
    assert mapping.key in TABLES[mapping.table]
    for field in mapping.every_field():
        if field.default is not None:
            assert parser_of(field)(field.default) == field.default


@pytest.mark.parametrize(
    ("record_type", "loupe", "quickbooks"),
    [
        ("customer", "display_name", "DisplayName"),
        ("customer", "company_name", "CompanyName"),
        ("customer", "email", "PrimaryEmailAddr.Address"),
        ("customer", "phone", "PrimaryPhone.FreeFormNumber"),
        ("customer", "street", "BillAddr.Line1"),
        ("customer", "city", "BillAddr.City"),
        ("customer", "country", "BillAddr.Country"),
        ("customer", "postal_code", "BillAddr.PostalCode"),
        ("invoice", "invoice_number", "DocNumber"),
        ("invoice", "customer_id", "CustomerRef.value"),
        ("invoice", "invoice_line", "Line"),
        ("invoice", "total_amount", "TotalAmt"),
        ("invoice", "currency_code", "CurrencyRef.value"),
        ("invoice", "due_date", "DueDate"),
        ("payment", "amount", "TotalAmt"),
        ("payment", "payment_application", "Line"),
        ("payment", "currency_code", "CurrencyRef.value"),
        ("inventory_item", "item_name", "Name"),
        ("inventory_item", "description", "Description"),
        ("inventory_item", "tag_id", "Sku"),
        ("inventory_item", "sell_price", "UnitPrice"),
        ("inventory_item", "cost_price", "PurchaseCost"),
        ("inventory_item", "quantity", "QtyOnHand"),
    ],
)
def test_every_pair_of_the_integration_guide_is_mapped(
    shipped: dict[str, RecordMapping], record_type: str, loupe: str, quickbooks: str
) -> None:
    pairs = [(field.loupe, field.quickbooks) for field in shipped[record_type].fields]
    assert (loupe, quickbooks) in pairs


@pytest.mark.parametrize("record_type", VOCABULARIES)
def test_the_shipped_mapping_is_of_the_entity_and_table_that_the_record_type_speaks_of(
    shipped: dict[str, RecordMapping], record_type: str
) -> None:
    kind, mapping = RECORD_TYPES[record_type], shipped[record_type]
    (key,) = kind.table.primary_key
    assert (mapping.entity, mapping.table, mapping.key) == (kind.entity, kind.table.name, key.name)


def test_the_digest_changes_with_the_file(tmp_path: Path) -> None:
    file = tmp_path / "customer.yaml"
    file.write_text(SMALL)
    before = load_mapping(file, VOCABULARIES).digest
    file.write_text(SMALL + "# a comment\n")
    assert load_mapping(file, VOCABULARIES).digest != before
    assert len(before) == 64


@pytest.mark.parametrize(
    ("found", "wrong", "line", "key", "near"),
    [
        ("record_type:", "record_typ:", 1, "record_typ", "'record_type'"),
        ("entity: Customer", "entity: Custmer", 2, "entity", "'Customer'"),
        ("table: customer", "table: custommer", 3, "table", "'customer'"),
        ("key: customer_id", "key: customers_id", 4, "key", "'customer_id'"),
        ("kind: two_way", "kind: twoway", 7, "fields.display_name.kind", "'two_way'"),
        ("type: text", "type: txt", 8, "fields.display_name.type", "'text'"),
        ("loupe: display", "loupe: dispaly", 9, "fields.display_name.loupe", "'display_name'"),
        ("DisplayName", "DisplayNmae", 10, "fields.display_name.quickbooks", "'DisplayName'"),
        ("type: boolean", "tpye: boolean", 13, "fields.is_active.tpye", "'type'"),
    ],
)
def test_a_typo_is_named_with_its_line_and_the_nearest_word(
    tmp_path: Path, found: str, wrong: str, line: int, key: str, near: str
) -> None:
    error = refusal(tmp_path, SMALL.replace(found, wrong, 1))
    assert error.facts["line"] == line
    assert error.facts["key"] == key
    assert f"line {line}" in str(error)
    assert near in str(error)


@pytest.mark.parametrize(
    ("found", "wrong", "says"),
    [
        ("key: customer_id\n", "", "'key' is missing"),
        ("    type: text\n", "", "'type' is missing"),
        ("    quickbooks: DisplayName\n", "", "needs both sides"),
        ("loupe: is_active", "loupe: display_name", "already mapped by the field 'display_name'"),
        ("quickbooks: Active", "quickbooks: EmailStatus", "must not be mapped"),
        ("quickbooks: Active", "quickbooks: Active\n    required: 1", "expected true or false"),
        ("quickbooks: Active", "quickbooks: Active\n    choices: [a]", "only fields of type enum"),
        ("quickbooks: Active", "quickbooks: Active\n    default: 'yes'", "no value of a boolean"),
        ("quickbooks: Active", "quickbooks: Active\n    follows: email", "no field 'email'"),
        ("type: text", "type: text\n    max_length_loupe: '9'", "a whole number"),
        ("type: text", "type: enum", "needs 'choices'"),
        ("type: text", "type: decimal\n    minimum: 0.1", "in quotes"),
        ("type: text", "type: text\n    derive_loupe: customr_name", "'customer_name'"),
        ("key: customer_id", "key: customer_id\nkey: customer_id", "already given in line 4"),
        ("key: customer_id", "key: [", "is not YAML"),
        (SMALL, "", "empty"),
    ],
)
def test_what_the_sync_could_not_keep_is_refused(
    tmp_path: Path, found: str, wrong: str, says: str
) -> None:
    assert says in str(refusal(tmp_path, SMALL.replace(found, wrong, 1)))


def test_a_key_given_twice_in_a_field_names_its_second_line(tmp_path: Path) -> None:
    error = refusal(
        tmp_path, SMALL.replace("    type: boolean", "    type: text\n    type: boolean")
    )
    assert error.facts["line"] == 14
    assert "line 13" in str(error)


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"nothing\.yaml, line 1: cannot be read"):
        load_mapping(tmp_path / "nothing.yaml", VOCABULARIES)


def test_a_folder_without_a_record_type_is_refused(tmp_path: Path) -> None:
    (tmp_path / "customer.yaml").write_text(SMALL)
    with pytest.raises(MappingError, match="no mapping for invoice, payment, inventory_item"):
        load_mappings(tmp_path, VOCABULARIES)


def test_one_record_type_in_two_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SMALL)
    (tmp_path / "b.yaml").write_text(SMALL)
    with pytest.raises(MappingError, match=r"b\.yaml.*already mapped in .*a\.yaml"):
        load_mappings(tmp_path, VOCABULARIES)


def test_an_unknown_field_name_is_answered_with_the_known_ones(
    shipped: dict[str, RecordMapping],
) -> None:
    with pytest.raises(MappingError, match="no field 'emial'; it has display_name"):
        shipped["customer"].field("emial")


def test_a_property_to_ask_for_is_named_by_the_queries_of_its_record_type(
    shipped: dict[str, RecordMapping],
) -> None:
    asked = {record_type: mapping.asked_for for record_type, mapping in shipped.items()}
    assert asked == {"customer": (), "invoice": (), "payment": (), "inventory_item": ("Sku",)}
    assert shipped["inventory_item"].sources["tag_id"] == "Sku asked for in Loupe tag_id"


def test_a_property_that_no_query_can_name_cannot_be_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "customer.yaml"
    file.write_text(
        SMALL.replace(
            "    quickbooks: DisplayName\n",
            "    quickbooks: PrimaryEmailAddr.Address\n    is_asked_for: true\n",
        )
    )
    with pytest.raises(MappingError, match="without a dot"):
        load_mapping(file, VOCABULARIES)


def test_a_line_cannot_be_named_in_a_list(tmp_path: Path) -> None:
    """Naive: it loads, and the name is sent as if it were an Id."""
    text = (INCLUDE / "mappings" / "payment.yaml").read_text()
    line = "      amount:\n        kind: two_way\n        type: money\n"
    named = line.replace("money", "text\n        named_in: PaymentMethod")
    assert line in text
    file = tmp_path / "payment.yaml"
    file.write_text(text.replace(line, named))
    with pytest.raises(MappingError, match="only fields of the record itself may have it"):
        load_mapping(file, VOCABULARIES, tables=TABLES)
