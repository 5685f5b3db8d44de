"""The README says what is so: its tables of settings, keys, reasons and events are the code's own."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from marshmallow import Schema, fields

from service.catalogue.campaign_schema import CampaignSchema
from service.catalogue.currencies import AmountsSchema, Currencies
from service.catalogue.fields import Group, MapOf
from service.catalogue.markdown import PLACEHOLDERS
from service.catalogue.site_schema import PAYMENT_METHODS, SiteSchema
from service.domain.access import AccessReason
from service.domain.lifecycle import REGULAR, SINGLE
from service.domain.limit import LIMITS
from service.domain.reason import Reason
from service.domain.rules import CAMPAIGN_RULES, PAGE_RULES, PLACEMENT_RULES, READER_RULES
from service.payments.permissions import PERMISSIONS
from service.payments.webhooks import SUBJECTS
from service.setting_variables import VARIABLES

REPOSITORY = Path(__file__).parent.parent
README = (REPOSITORY / "README.md").read_text()


def table(mark: str) -> list[list[str]]:
    """The rows of the table under `<!-- mark -->`, without its head."""
    lines = README.split(f"<!-- {mark} -->\n", 1)[1].split("\n\n", 1)[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def keys(schema: Schema, path: str = "") -> Iterator[str]:
    """Every key of the schema, dotted, as the README writes it."""
    for name, field in schema.fields.items():
        yield from keys_of(field, f"{path}{field.data_key or name}")


def keys_of(field: fields.Field[object], here: str) -> Iterator[str]:
    if isinstance(field, Group):
        inner = list(keys(field.schema, f"{here}."))
        yield from inner
    elif isinstance(field, MapOf):
        holes = {
            "variants": "name", "copy": "language", "newsletters": "id", "utm": "name", "attributes": "name",
            "exchange_rates": "code", "fixed": "code",
        }  # fmt: skip
        hole = holes[here.rpartition(".")[2]]
        yield from keys_of(field.inner, f"{here}.<{hole}>")
    elif isinstance(field, Currencies):
        yield from (f"{here}.{key}" for key in Currencies.OWN_KEYS)
        yield from keys(AmountsSchema(), f"{here}.<code>.")
    else:
        yield here


def documented(mark: str) -> set[str]:
    return {key for row in table(mark) for key in re.findall(r"`([^`]+)`", row[0])}


def test_every_setting_is_documented_with_its_meaning_and_default() -> None:
    expected = [[f"`{variable.full_name}`", variable.meaning, _default(variable.default)] for variable in VARIABLES]
    assert table("settings") == expected


def _default(default: str | None) -> str:
    if default is None:
        return "required"
    return f"`{default}`" if default else "none"


def test_every_key_of_a_campaign_is_documented_and_no_other() -> None:
    assert documented("campaign keys") - {"audience.…"} | documented("audience keys") == set(keys(CampaignSchema()))


def test_every_key_of_a_site_is_documented_and_no_other() -> None:
    found = set(keys(SiteSchema()))
    switches = {key for key in found if re.fullmatch(r"placements\.\w+\.switched_on", key)}
    expected = found - switches | {"placements.<name>.switched_on", "placements.overlay"}
    assert documented("site keys") == expected


def test_every_reason_is_documented_in_the_order_of_the_rules() -> None:
    assert table("reasons") == [[f"`{reason}`", reason.meaning] for reason in Reason]
    rows = dict.fromkeys(rule.reason for rule in (*PLACEMENT_RULES, *PAGE_RULES, *READER_RULES, *CAMPAIGN_RULES))
    assert list(rows) == [reason for reason in Reason if reason in rows]


def test_every_reason_of_access_is_documented() -> None:
    assert table("access reasons") == [[f"`{reason}`", reason.meaning] for reason in AccessReason]


def test_every_limit_is_documented_with_what_it_allows() -> None:
    minutes = {name: limit.window // timedelta(minutes=1) for name, limit in LIMITS.items()}
    spans = {name: f"{count // 60}h" if count % 60 == 0 else f"{count}m" for name, count in minutes.items()}
    expected = [(f"`{name}`", f"{limit.most} in {spans[name]}") for name, limit in LIMITS.items()]
    assert [(row[0], row[2]) for row in table("limits")] == expected


def test_every_state_of_a_gift_is_documented_in_the_order_of_its_table() -> None:
    single = dict.fromkeys(("single", f"`{row.state}`", row.means) for row in SINGLE)
    regular = dict.fromkeys(("regular", f"`{row.state}`", row.means) for row in REGULAR)
    assert table("states") == [list(row) for row in (*single, *regular)]


def test_the_webhook_endpoint_is_told_exactly_the_events_we_handle() -> None:
    paragraph = README.split("<!-- stripe events -->", 1)[1].split(".\n", 1)[0]
    assert re.findall(r"`([a-z_.]+)`", paragraph) == sorted(SUBJECTS)


def test_a_restricted_key_is_told_what_it_needs() -> None:
    paragraph = README.split("<!-- stripe permissions -->", 1)[1].split(".\n", 1)[0]
    found = re.findall(r"(read|write) \*([\w ]+)\*", paragraph)
    assert found == [(permission.told.split()[0], permission.name) for permission in PERMISSIONS]


@pytest.mark.parametrize("name", [*PLACEHOLDERS, *PAYMENT_METHODS])
def test_every_name_that_copy_or_config_may_use_is_documented(name: str) -> None:
    assert re.search(rf"[`{{]{name}[`}}:]", README)


def test_the_readme_names_only_files_and_targets_that_exist() -> None:
    for file in re.findall(r"\]\(([\w./-]+)\)", README):
        assert (REPOSITORY / file).exists(), file
    targets = set(re.findall(r"^(\w+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))
    said = README + (REPOSITORY / "CONTRIBUTING.md").read_text()
    assert set(re.findall(r"`?(?<=make )(\w+)`", said)) <= targets


def told_by(mark: str, form: str) -> set[str]:
    return set(re.findall(form, README.split(f"<!-- {mark} -->", 1)[1].split("\n\n", 1)[0]))


def test_every_attribute_and_event_of_the_script_is_told_and_no_other() -> None:
    scripts = "".join(path.read_text() for path in (REPOSITORY / "service" / "embed").glob("*.js"))
    read = {"site", "purposes"}  # taken out of the dataset by their names
    for form in (r"(?:context\.|[^.])dataset\.(\w+)", r'wanted\("(\w+)"\)'):
        read |= set(re.findall(form, scripts))
    attributes = {re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", name) for name in read}
    assert told_by("script attributes", r"`data-([\w-]+)`") == attributes
    announced = set(re.findall(r"announce\(\"(\w+)\"", scripts)) | set(re.findall(r"#tell\(\"(\w+)\"", scripts))
    assert told_by("script events", r"`honestybox:(\w+)`") == announced
