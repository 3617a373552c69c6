import os
from datetime import datetime

from botocore.exceptions import ClientError
from pydantic import BaseModel

from kalit.kit import aws, steps


class Errand(BaseModel):
    table: str


@steps.task()
def handler(errand: Errand, at: datetime) -> str:
    """Try to read a table that this door does not declare, and say what AWS answers."""
    key = {"pk": {"S": "x"}, "sk": {"S": "x"}}
    try:
        aws.client("dynamodb").get_item(TableName=f"{os.environ['STAGE']}-{errand.table}", Key=key)
    except ClientError as error:
        return aws.error_code(error)
    return "allowed"
