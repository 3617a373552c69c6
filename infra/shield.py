"""The web ACL in front of CloudFront: an address that asks too often is told to wait."""

import json

from aws_cdk import CfnOutput, Environment, Stack
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from .stages import Stage

# Where AWS keeps what belongs to CloudFront.
REGION = "us-east-1"
MOST_REQUESTS = 600  # of one address
WINDOW = 60  # seconds
TOLD = {"detail": f"Request was throttled. Expected available in {WINDOW} seconds."}


class Shield(Stack):
    """One rule by rate. The edge learns the ACL's ARN from a parameter, since a stack cannot import across regions."""

    def __init__(self, scope: Construct, id: str, stage: Stage) -> None:
        super().__init__(scope, id, env=Environment(region=REGION))
        acl = wafv2.CfnWebACL(
            self,
            "WebAcl",
            name=f"{stage.name}-kalit",
            scope="CLOUDFRONT",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_seen_as(f"{stage.name}-kalit"),
            custom_response_bodies={
                "throttled": wafv2.CfnWebACL.CustomResponseBodyProperty(
                    content=json.dumps(TOLD), content_type="APPLICATION_JSON"
                )
            },
            rules=[
                wafv2.CfnWebACL.RuleProperty(
                    name="too-often",
                    priority=0,
                    statement=wafv2.CfnWebACL.StatementProperty(
                        rate_based_statement=wafv2.CfnWebACL.RateBasedStatementProperty(
                            aggregate_key_type="IP", limit=MOST_REQUESTS, evaluation_window_sec=WINDOW
                        )
                    ),
                    action=wafv2.CfnWebACL.RuleActionProperty(
                        block=wafv2.CfnWebACL.BlockActionProperty(
                            custom_response=wafv2.CfnWebACL.CustomResponseProperty(
                                response_code=429,
                                custom_response_body_key="throttled",
                                response_headers=[
                                    wafv2.CfnWebACL.CustomHTTPHeaderProperty(name="retry-after", value=str(WINDOW))
                                ],
                            )
                        )
                    ),
                    visibility_config=_seen_as(f"{stage.name}-kalit-too-often"),
                )
            ],
        )
        CfnOutput(self, "Arn", value=acl.attr_arn)


def _seen_as(name: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    return wafv2.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
    )
