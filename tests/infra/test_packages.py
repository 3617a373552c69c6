"""What is shipped, and how large it is."""

import gzip
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

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


@pytest.mark.parametrize("service", sorted(set(SERVICES.values())))
def test_without_its_texts_a_services_model_says_the_same(vendor: zipfile.ZipFile, service: str) -> None:
    shipped = [name for name in vendor.namelist() if name.startswith(f"python/botocore/data/{service}/")]
    version = Loader().determine_latest_version(service, "service-2")
    name = f"{service}/{version}/service-2.json.gz"
    assert {Path(path).parts[4] for path in shipped} == {version}
    ours = gzip.decompress(vendor.read(f"python/botocore/data/{name}"))
    whole = gzip.decompress((Path(botocore.__file__).parent / "data" / name).read_bytes())
    assert _said(ours) == _said(whole)
    assert _members(ours) == _members(whole)
    assert len(ours) < len(whole) / 2


def _said(told: bytes) -> Any:
    return json.loads(told, object_pairs_hook=_without_texts)


def _without_texts(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in pairs if name != "documentation" or not isinstance(value, str)}


def _members(told: bytes) -> dict[str, list[str]]:
    """Shape -> its members, as botocore understands the model."""
    model = ServiceModel(json.loads(told))
    return {name: sorted(getattr(model.shape_for(name), "members", ())) for name in model.shape_names}


def test_clients_are_made_of_what_is_in_the_layer(vendor: zipfile.ZipFile, tmp_path: Path) -> None:
    vendor.extractall(tmp_path)
    program = f"""
import sys
sys.path[:] = [path for path in sys.path if "site-packages" not in path and path]
sys.path.insert(0, {str(tmp_path / "python")!r})
import botocore.session
assert botocore.session.__file__.startswith({str(tmp_path)!r})
for service in {sorted(set(SERVICES.values()))}:
    client = botocore.session.get_session().create_client(service, region_name="us-east-1")
    if service == "s3":
        client.generate_presigned_post("bucket", "key")
    print(service)
"""
    done = subprocess.run([sys.executable, "-S", "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.split() == sorted(set(SERVICES.values())), done.stderr


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
