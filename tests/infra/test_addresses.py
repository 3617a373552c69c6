"""Where AWS's services are, as the vendor layer knows it."""

import gzip
import json
import zipfile

from botocore.session import get_session

from infra.packages import vendor_zip
from infra.stages import STAGES


def test_the_vendor_layer_knows_where_its_services_are_and_no_other() -> None:
    whole = get_session().get_component("data_loader").load_data("endpoints")
    with zipfile.ZipFile(vendor_zip(STAGES["local"].architecture, native=True)) as vendor:
        models = [vendor.read(name) for name in vendor.namelist() if name.endswith("/service-2.json.gz")]
        shipped = json.loads(vendor.read("python/botocore/data/endpoints.json"))
    names = {json.loads(gzip.decompress(model))["metadata"]["endpointPrefix"] for model in models}
    for partition in whole["partitions"]:
        partition["services"] = {name: told for name, told in partition["services"].items() if name in names}
    assert "states" in whole["partitions"][0]["services"]
    assert shipped == whole
