"""What is shipped, and how large it is."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra.catalog import catalog
from infra.packages import SERVICES, STRIPE, door_zip, kalit_zip, services_of, vendor_zip
from infra.stages import STAGES
from tests.conftest import ROOT
from tests.paying import Paying

MB = 1_000_000
ARCHITECTURE = STAGES["local"].architecture


@pytest.fixture(scope="module")
def vendor() -> zipfile.ZipFile:
    return zipfile.ZipFile(vendor_zip(ARCHITECTURE, native=True))


@pytest.mark.parametrize("door", catalog(), ids=lambda door: door.name)
def test_a_door_ships_its_own_file_and_what_its_host_names(door: object) -> None:
    package = door_zip(door)  # type: ignore[arg-type]
    path = f"functions/{door.name.replace('.', '/')}.py"  # type: ignore[attr-defined]
    folder = path.rsplit("/", 1)[0]
    with zipfile.ZipFile(package) as inside:
        assert inside.namelist() == [path, *(f"{folder}/{name}" for name in door.host.files)]  # type: ignore[attr-defined]
    assert package.stat().st_size <= 100_000


def test_the_same_content_makes_the_same_bytes() -> None:
    first = kalit_zip(native=True).read_bytes()
    assert kalit_zip(native=True).read_bytes() == first


def test_the_vendor_layer_holds_the_services_that_doors_use_and_no_other(vendor: zipfile.ZipFile) -> None:
    held = {Path(name).parts[3] for name in vendor.namelist() if name.startswith("python/botocore/data/")}
    services = {name for name in held if "." not in name}
    assert services == set(SERVICES.values())
    assert services_of(grant.resource for door in catalog() for grant in door.grants) == services


def test_the_vendor_layer_ships_compiled_files(vendor: zipfile.ZipFile) -> None:
    sources = [name for name in vendor.namelist() if name.endswith(".py")]
    compiled = [name for name in vendor.namelist() if name.endswith(".pyc")]
    assert len(compiled) > 0.95 * len(sources)


def test_the_layers_stay_small(vendor: zipfile.ZipFile) -> None:
    assert Path(str(vendor.filename)).stat().st_size + kalit_zip(native=True).stat().st_size <= 15 * MB


def test_payments_find_in_the_layer_what_they_need_of_stripes_library(vendor: zipfile.ZipFile, tmp_path: Path) -> None:
    held = [name.removeprefix("python/stripe/") for name in vendor.namelist() if name.startswith("python/stripe/")]
    assert {name.removesuffix(".py") for name in held if name.endswith(".py")} == set(STRIPE)
    assert "data/ca-certificates.crt" in held
    with Paying(tmp_path / "stripe.sqlite") as paying:
        command = [sys.executable, "-m", "tests.infra.lean", paying.url, *STRIPE]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == STRIPE, "infra/stripe.txt should have just these"
