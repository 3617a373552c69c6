from pydantic import BaseModel
from pynamodb.attributes import NumberAttribute

from kalit.kit import topics
from kalit.kit.resources import Table
from kalit.kit.tables import Row, TableName


class Report(BaseModel):
    battery: int


class ReportRow(Row):
    class Meta:
        table_name = TableName(Table.OPS)

    battery = NumberAttribute()


@topics.on("probe/+/status", uses=[Table.OPS.put])
def handler(device: str, report: Report) -> None:
    """Note what a device said of itself."""
    ReportRow(f"PROBE#{device}", "REPORT", battery=report.battery).save()
