"""What HACS and the Marketplace ask of a repository."""

from pathlib import Path
import re
import tomllib
from typing import Any

from awesomeversion import AwesomeVersion
from homeassistant.const import __version__ as home_assistant_version
from homeassistant.util.yaml import load_yaml_dict
from PIL import Image
import pytest
import voluptuous as vol

from tests.unit.repository.package import PACKAGE, ROOT, manifest, read_json

MINIMUM = "2026.10.0"
HACS = vol.Schema(
    {
        vol.Required("name"): str,
        vol.Required("homeassistant"): str,
        vol.Optional("hacs"): str,
        vol.Optional("hide_default_branch"): bool,
        vol.Optional("persistent_directory"): str,
        vol.Inclusive("filename", "zip"): str,
        vol.Inclusive("zip_release", "zip"): bool,
    }
)
SIZES = {"icon": (256, 256), "icon@2x": (512, 512)}
README_STEPS = {"README.md": "## Install", "README.vi.md": "## Cài đặt"}


def hacs() -> Any:
    return read_json(ROOT / "hacs.json")


def workflow(name: str) -> dict[str, Any]:
    found: dict[str, Any] = load_yaml_dict(str(ROOT / ".github" / "workflows" / f"{name}.yml"))
    return found


def test_hacs_json() -> None:
    HACS(hacs())
    assert hacs()["name"] == manifest()["name"]
    assert hacs()["homeassistant"] == MINIMUM
    assert AwesomeVersion(MINIMUM) <= AwesomeVersion(home_assistant_version)


def test_manifest_has_what_hacs_reads() -> None:
    assert manifest().keys() >= {
        "codeowners",
        "documentation",
        "domain",
        "issue_tracker",
        "name",
        "version",
    }


def test_there_is_one_integration_and_nothing_made_at_run_time() -> None:
    folders = [path.name for path in (ROOT / "custom_components").iterdir() if path.is_dir()]
    assert [name for name in folders if name != "__pycache__"] == ["antt_camera"]


def test_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == manifest()["version"]


def test_licence_is_mit() -> None:
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")


@pytest.mark.parametrize("name", ["CHANGELOG.md", "CONTRIBUTING.md", "README.md", "README.vi.md"])
def test_what_a_visitor_looks_for_is_there(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize(("name", "heading"), README_STEPS.items())
def test_installing_takes_at_most_eight_steps(name: str, heading: str) -> None:
    readme = (ROOT / name).read_text(encoding="utf-8")
    section = readme.partition(f"{heading}\n")[2].partition("\n## ")[0]
    steps = [int(number) for number in re.findall(r"^(\d+)\. ", section, re.MULTILINE)]
    assert steps == list(range(1, len(steps) + 1))
    assert 1 < len(steps) <= 8


def anchors(page: Path) -> set[str]:
    """What GitHub calls the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", ["*.md", "docs/*.md", "docs/en/*.md", "docs/vi/*.md"])
def test_links_between_pages_lead_somewhere(name: str) -> None:
    pages = sorted(ROOT.glob(name))
    assert pages
    for page in pages:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            there = page.parent / path if path else page
            assert there.exists(), f"{page.name}: {target}"
            assert not anchor or anchor in anchors(there), f"{page.name}: {target}"


@pytest.mark.parametrize(
    "name", ["icon", "icon@2x", "logo", "logo@2x", "dark_logo", "dark_logo@2x"]
)
def test_brand(name: str) -> None:
    with Image.open(PACKAGE / "brand" / f"{name}.png") as picture:
        assert picture.format == "PNG"
        assert picture.mode == "RGBA"
        shorter = min(picture.size)
        if name in SIZES:
            assert picture.size == SIZES[name]
        else:
            assert (
                (256 if name.endswith("@2x") else 128)
                <= shorter
                <= (512 if name.endswith("@2x") else 256)
            )
            assert picture.width > picture.height


def test_release_packs_the_asset_that_hacs_asks_for() -> None:
    steps = workflow("release")["jobs"]["zip"]["steps"]
    packing = next(step for step in steps if step.get("name") == "Pack")
    assert packing["working-directory"] == "custom_components/antt_camera"
    assert f"/{hacs()['filename']}" in packing["run"]
    assert any(f" {hacs()['filename']} " in step.get("run", "") for step in steps)


def test_github_runs_the_checks_of_home_assistant_and_hacs() -> None:
    used = [
        step.get("uses", "").partition("@")[0]
        for job in workflow("validate")["jobs"].values()
        for step in job["steps"]
    ]
    assert {"home-assistant/actions/hassfest", "hacs/action"} <= set(used)


def test_github_tests_stable_and_beta() -> None:
    assert workflow("test")["jobs"].keys() == {"stable", "beta"}


def test_locked_packages_come_from_pypi() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    for package in lock["package"]:
        assert package["source"] in ({"registry": "https://pypi.org/simple"}, {"virtual": "."})
        for file in (*package.get("wheels", []), *filter(None, [package.get("sdist")])):
            assert file["url"].startswith("https://files.pythonhosted.org/"), package["name"]


def test_newest_home_assistant_is_pinned() -> None:
    lines = (ROOT / "requirements-newest.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    assert AwesomeVersion(pins["homeassistant"]) >= AwesomeVersion("2026.11.0")
