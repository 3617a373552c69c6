from datetime import datetime

from pydantic import BaseModel
from pynamodb.attributes import NumberAttribute
from pynamodb.exceptions import PutError

from kalit.kit import topics
from kalit.kit.log import log
from kalit.kit.resources import Table
from kalit.kit.tables import Row, TableName


class Report(BaseModel):
    battery: int


class ReportRow(Row):
    class Meta:
        table_name = TableName(Table.OPS)

    battery = NumberAttribute()


@topics.on("probe/+/status", uses=[Table.OPS.put])
def handler(device: str, report: Report, at: datetime) -> None:
    """Note what a device said of itself. A battery below zero breaks the first try."""
    row = ReportRow(f"PROBE#{device}", "REPORT", battery=report.battery)
    if report.battery >= 0:
        row.save()
        return
    try:
        row.save(ReportRow.pk.does_not_exist())
    except PutError:
        log.info("heard again")
    else:
        raise RuntimeError("a first try")
