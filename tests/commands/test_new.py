"""honestybox new: files to begin with, which pass the check and which nobody is shown."""

from pathlib import Path

import pytest

from service.catalogue.loader import Catalogue, Loader
from service.catalogue.warnings import warnings_of
from service.cli import main
from service.domain.site import Placement
from tests.builders import NOW, SITE, a_site_yaml, staff_files, write_config

GATE = "{inline: {selector: article}, banner: {}, overlay: {}, gate: {selector: article}}"


def made(folder: Path, *arguments: str) -> tuple[int, Catalogue]:
    """How the command ended, and what the loader makes of the folder afterwards."""
    return main(["new", "--config", str(folder), *arguments]), Loader(folder).load()


@pytest.mark.parametrize("placement", list(Placement))
@pytest.mark.parametrize("languages", ["[en, ru]", "[pt-BR, de]"])
def test_a_new_campaign_passes_the_check_and_is_shown_to_nobody(
    tmp_path: Path, placement: Placement, languages: str
) -> None:
    site = a_site_yaml(placements=GATE, languages=languages, meter="{allowance: 5}")
    folder = write_config(tmp_path / "config", staff_files(site, {}))
    code, catalogue = made(folder, "campaign", SITE, "spring", "--placement", placement)
    (campaign,) = catalogue.plans[SITE].campaigns
    assert (code, campaign.placement, campaign.rollout, len(campaign.variants)) == (0, placement, 0, 2)
    assert [one.path for one in warnings_of(catalogue, NOW)] == ["rollout"]


def test_without_a_placement_it_goes_into_the_article(config_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, catalogue = made(config_dir, "campaign", SITE, "spring")
    assert catalogue.plans[SITE].by_id["spring"].placement is Placement.INLINE
    assert f"{config_dir}/sites/{SITE}/campaigns/spring.yaml" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["mercury", "1923", "null", "no"])
def test_a_new_site_passes_the_check_and_asks_nobody(config_dir: Path, name: str) -> None:
    code, catalogue = made(config_dir, "site", name)
    assert (code, catalogue.sites[name].switched_on) == (0, False)
    assert [one.path for one in warnings_of(catalogue, NOW) if f"/{name}/" in one.file] == ["switched_on"]
    assert made(config_dir, "campaign", name, "spring")[0] == 0


def test_nothing_is_written_over_a_file_that_is_there(config_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {path: path.read_bytes() for path in config_dir.rglob("*.yaml")}
    for arguments in (("campaign", SITE, "lights-on"), ("site", SITE)):
        assert made(config_dir, *arguments)[0] == 1
        assert "is there already; choose another name" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in config_dir.rglob("*.yaml")} == files


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("campaign", "gazete", "spring"), f"did you mean {SITE}?"),
        (("campaign", SITE, "spring", "--placement", "gate"), "has no placement gate; choose from banner, inline, ov"),
    ],
)
def test_what_is_not_there_is_refused(
    config_dir: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], told: str
) -> None:
    assert made(config_dir, *arguments)[0] == 1
    assert told in capsys.readouterr().err
    assert len(list(config_dir.rglob("*.yaml"))) == 2


def test_a_name_that_cannot_be_one_is_wrong_usage(config_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("Spring Drive", "../spring", ""):
        with pytest.raises(SystemExit) as caught:
            main(["new", "--config", str(config_dir), "campaign", SITE, name])
        assert caught.value.code == 2
        assert "must be made of a-z, 0-9 and hyphens" in capsys.readouterr().err


def test_broken_files_are_to_be_mended_first(config_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (config_dir / "sites" / SITE / "site.yaml").write_text(a_site_yaml(switched_on="yes"))
    assert main(["new", "--config", str(config_dir), "campaign", SITE, "spring"]) == 1
    assert "switched_on: must be true or false" in capsys.readouterr().err
