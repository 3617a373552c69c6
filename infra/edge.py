"""The edge: one public domain in front of the API.

CloudFront strips the final slash of API paths (an HTTP API cannot serve `/x` and `/x/` by one route), tells the
client's address and host, and proves itself by a secret header, so that nobody walks around it. Static files come
from S3. On a laptop `infra/local/gateway.py` does the same.
"""

from aws_cdk import Annotations, CfnOutput, Duration, Fn, RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from kalit.kit.resources import Bucket

from .hosting import RETENTION
from .stages import Stage
from .state import State

# What a browser's app may send and read across origins.
ALLOWED_HEADERS = ["authorization", "content-type", "idempotency-key", "x-cart-id", "x-request-id", "accept-language"]
EXPOSED_HEADERS = ["x-request-id", "retry-after", "idempotent-replayed", "x-cart-id"]

# Headers of our own names: CloudFront answers 502 to a function that sets X-Forwarded-Proto and some others
# (CloudFront developer guide, "Restrictions on all edge functions").
STRIP = """
function handler(event) {
  var request = event.request;
  var headers = request.headers;
  headers['x-kalit-host'] = { value: headers.host ? headers.host.value : '' };
  headers['x-kalit-scheme'] = { value: 'https' };
  headers['x-kalit-path'] = { value: request.uri };
  headers['x-kalit-address'] = { value: event.viewer.ip };
  request.uri = request.uri.replace(/\\/+$/, '') || '/';
  return request;
}
"""


class Api(Stack):
    """The HTTP API by itself; routes come with the doors, the stage with the edge."""

    def __init__(self, scope: Construct, id: str, stage: Stage) -> None:
        super().__init__(scope, id)
        self.api = apigateway.HttpApi(
            self,
            "Api",
            api_name=f"{stage.name}-kalit",
            create_default_stage=False,
            cors_preflight=apigateway.CorsPreflightOptions(
                allow_origins=list(stage.origins),
                allow_methods=[apigateway.CorsHttpMethod.ANY],
                allow_headers=ALLOWED_HEADERS,
                expose_headers=EXPOSED_HEADERS,
                allow_credentials=True,
                max_age=Duration.hours(1),
            )
            if stage.origins
            else None,
        )


class Edge(Stack):
    """The stage with its limits and access log, and the distribution in front of it. Deployed last."""

    def __init__(self, scope: Construct, id: str, *, stage: Stage, state: State, api: apigateway.HttpApi) -> None:
        super().__init__(scope, id)
        access = logs.LogGroup(
            self,
            "AccessLog",
            log_group_name=stage.access_log,
            retention=RETENTION[stage.log_days],
            removal_policy=RemovalPolicy.DESTROY,
        )
        fields = {
            "request_id": "$context.requestId",
            "method": "$context.httpMethod",
            "route": "$context.routeKey",
            "status": "$context.status",
            "took_ms": "$context.responseLatency",
            "error": "$context.integrationErrorMessage",
        }
        apigateway.CfnStage(
            self,
            "Stage",
            api_id=api.api_id,
            stage_name="$default",
            auto_deploy=True,
            access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=access.log_group_arn, format=self.to_json_string(fields)
            ),
            default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
                throttling_rate_limit=stage.requests_per_second,
                throttling_burst_limit=stage.burst,
            ),
        )
        strip = cloudfront.Function(
            self,
            "Strip",
            function_name=f"{stage.name}-strip-slash",
            code=cloudfront.FunctionCode.from_inline(STRIP),
            runtime=cloudfront.FunctionRuntime.JS_2_0,
        )
        origin = origins.HttpOrigin(
            Fn.select(2, Fn.split("/", api.api_endpoint)),
            custom_headers={"x-kalit-edge": state.edge_secret.secret_value.unsafe_unwrap()},
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
        )
        headers = self._headers(stage)
        distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"Kalit {stage.name}",
            default_behavior=cloudfront.BehaviorOptions(
                origin=origin,
                allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
                cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
                origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
                function_associations=[
                    cloudfront.FunctionAssociation(
                        function=strip,
                        event_type=cloudfront.FunctionEventType.VIEWER_REQUEST,
                    )
                ],
            ),
            additional_behaviors={
                "/static/*": self._served("Files", state.files, headers),
                "/media/*": self._served("Pictures", state.buckets[Bucket.PICTURES], headers),
            },
            domain_names=[stage.domain] if stage.domain else None,
            certificate=acm.Certificate.from_certificate_arn(self, "Certificate", stage.certificate)
            if stage.certificate
            else None,
            web_acl_id=ssm.StringParameter.value_for_string_parameter(self, stage.web_acl_parameter)
            if stage.web_acl
            else None,
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021 if stage.certificate else None,
        )
        CfnOutput(self, "Url", value=f"https://{stage.domain or distribution.distribution_domain_name}")
        CfnOutput(self, "DnsTarget", value=distribution.distribution_domain_name)

    def _headers(self, stage: Stage) -> cloudfront.ResponseHeadersPolicy:
        """What is said with every file."""
        return cloudfront.ResponseHeadersPolicy(
            self,
            "FilesHeaders",
            response_headers_policy_name=f"{stage.name}-files",
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
                frame_options=cloudfront.ResponseHeadersFrameOptions(
                    frame_option=cloudfront.HeadersFrameOption.DENY, override=True
                ),
                referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                    referrer_policy=cloudfront.HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN, override=True
                ),
                strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=Duration.days(365), override=True
                ),
            ),
        )

    def _served(
        self, id: str, bucket: s3.IBucket, headers: cloudfront.ResponseHeadersPolicy
    ) -> cloudfront.BehaviorOptions:
        """Files: kept and compressed by CloudFront, read from S3 in its own name."""
        # By its name: CDK would write this distribution into the bucket's policy, whose stack comes before this one.
        bucket = s3.Bucket.from_bucket_attributes(
            self,
            id,
            bucket_name=bucket.bucket_name,
            bucket_regional_domain_name=bucket.bucket_regional_domain_name,
        )
        Annotations.of(self).acknowledge_warning("@aws-cdk/aws-cloudfront-origins:updateImportedBucketPolicyOac")
        return cloudfront.BehaviorOptions(
            origin=origins.S3BucketOrigin.with_origin_access_control(bucket),
            cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
            compress=True,
            response_headers_policy=headers,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        )
