"""The two reads of a task shown as two plain HTTP requests: no SDK, no token, no framework. What the wire takes."""

import json
import os
from http.client import HTTPConnection

connection = HTTPConnection(os.environ["AWS_ENDPOINT_URL"].removeprefix("http://"))


def handler(event, context):
    for table in (os.environ["TABLE_ACCOUNTS"], os.environ["TABLE_TASKS"]):
        asked = json.dumps({"TableName": table, "Key": {}})
        connection.request("POST", "/", asked, {"X-Amz-Target": "DynamoDB_20120810.GetItem"})
        told = connection.getresponse().read()
    print(json.dumps({"message": "answered"}), flush=True)
    return {"statusCode": 200, "body": told.decode()}
