"""What each operation asks for: actions and resources, and inputs that name them.

The truth comes from outside of the program: actions and resource types from AWS's "Service
Authorization Reference"; for API Gateway, whose actions are verbs and whose resources are paths,
the verb and path of the operation in botocore's model.
"""

import base64
import dataclasses
import json
import re
import urllib.parse

import botocore.exceptions
import own_api
import permissions_organizations as organizations
from conftest import API, TRUST_LAMBDA, lambda_uri, zipped

REGION = "us-east-1"
# A value that only the resources of the asked account carry.
SECRET = "only-the-owner-reads-this"
TAGS = {"secret": SECRET}
TAG_LIST = [{"Key": "secret", "Value": SECRET}]
POLICY = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
)
TRUST_ACCOUNT = TRUST_LAMBDA.replace('"Service":"lambda.amazonaws.com"', f'"AWS":"{API}"')
THUMBPRINT = "a" * 40
BALANCER = "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/net/w/50dc6c495c0c9188"
LINKED, LINKED_ROLE = "ops.apigateway.amazonaws.com", "AWSServiceRoleForAPIGateway"
OPENAPI = json.dumps({"openapi": "3.0.1", "info": {"title": "w", "version": "1"}, "paths": {}})


@dataclasses.dataclass
class Permission:
    """An action on a resource, and how a refusal names that resource."""

    action: str
    resource: str
    shown: str = None

    def named(self):
        return f"is not authorized to perform: {self.action} on resource: {self.shown or self.resource}"


def iam_arn(kind, name):
    return f"arn:aws:iam::{API}:{kind}/{name}"


class World:
    """Resources of account 111111111111, one of each kind, by the members that name them."""

    def __init__(self, server):
        self.server = server
        self.clients = {}
        self.values = {}
        self.nobody = None
        for make in (self.identities, self.function, self.logs, self.api, self.plans):
            make()
        self.organization = organizations.Organization(self.client("organizations"))
        self.values["organizations"] = self.organization.values

    def client(self, service, profile="api"):
        """A client of an account's administrator; they are dear to make."""
        if (service, profile) not in self.clients:
            self.clients[service, profile] = self.new_client(service, profile)
        return self.clients[service, profile]

    def new_client(self, service, profile="api", **keys):
        if service != "crossway":
            return self.server.client(profile, service, **keys)
        key, secret = keys.values() if keys else self.server.keys(profile)
        return own_api.Client(self.server.url, key, secret)

    def identities(self):
        iam, path = self.client("iam"), "/w/"
        iam.create_user(UserName="w-user", Path=path, Tags=TAG_LIST)
        iam.create_group(GroupName="w-group", Path=path)
        for name, document in [("w-role", TRUST_ACCOUNT), ("w-lambda", TRUST_LAMBDA)]:
            iam.create_role(
                RoleName=name, Path=path, AssumeRolePolicyDocument=document, Tags=TAG_LIST
            )
        arn = iam.create_policy(PolicyName="w-policy", Path=path, PolicyDocument=POLICY, Tags=TAG_LIST)[
            "Policy"
        ]["Arn"]
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=POLICY)
        iam.create_instance_profile(InstanceProfileName="w-profile", Path=path, Tags=TAG_LIST)
        for kind in ("user", "group", "role"):
            target = {f"{kind.title()}Name": f"w-{kind}"}
            getattr(iam, f"put_{kind}_policy")(PolicyName="w", PolicyDocument=POLICY, **target)
        key = iam.create_access_key(UserName="w-user")["AccessKey"]["AccessKeyId"]
        iam.create_account_alias(AccountAlias="w-alias")
        iam.generate_credential_report()
        self.values["iam"] = {
            "UserName": "w-user",
            "GroupName": "w-group",
            "RoleName": "w-role",
            "PolicyArn": arn,
            "PolicyName": "w",
            "PolicyDocument": POLICY,
            "InstanceProfileName": "w-profile",
            "AccessKeyId": key,
            "Status": "Active",
            "AccountAlias": "w-other",
            "AssumeRolePolicyDocument": TRUST_LAMBDA,
            "PermissionsBoundary": arn,
            "VersionId": "v2",
            "Tags": [{"Key": "k", "Value": "v"}],
            "TagKeys": ["k"],
            "Description": "w",
            "PolicyInputList": [POLICY],
            "PolicySourceArn": iam_arn("user", "w/w-user"),
            "ActionNames": ["s3:GetObject"],
            "ClientID": "w",
            "ThumbprintList": [THUMBPRINT],
            "Url": "https://new.example.com",
            "AWSServiceName": LINKED,
            "DeletionTaskId": f"task/aws-service-role/{LINKED}/{LINKED_ROLE}/{'0' * 8}",
            "Password": "Correct-Horse-1",
            "OldPassword": "Correct-Horse-1",
            "NewPassword": "Another-Horse-2",
        }
        self.values["sts"] = {
            "RoleArn": iam_arn("role", "w/w-role"),
            "RoleSessionName": "w-session",
            "AccessKeyId": key,
            "Name": "w-name",
            "WebIdentityToken": "e30.e30.e30",
            "EncodedMessage": self.denied()["x-crossway-authorization-message"],
        }

    def denied(self):
        """The headers of a request that was denied just now: the oldest denials are forgotten."""
        if self.nobody is None:
            iam = self.client("iam")
            iam.create_user(UserName="w-denied")
            key = iam.create_access_key(UserName="w-denied")["AccessKey"]
            self.nobody = self.server.client(
                "api",
                "iam",
                aws_access_key_id=key["AccessKeyId"],
                aws_secret_access_key=key["SecretAccessKey"],
            )
        try:
            raise AssertionError(self.nobody.list_users())
        except botocore.exceptions.ClientError as error:
            return error.response["ResponseMetadata"]["HTTPHeaders"]

    def debugging(self):
        """A debugging session of the function's first version, made where there is none."""
        asked = {"functionName": "w-fn", "qualifier": "1", "port": 0, "cold": True}
        try:
            self.session = self.client("crossway")._make_api_call("Debug", asked)["session"]
        except botocore.exceptions.ClientError as error:
            assert error.response["Error"]["Code"] == "ResourceConflictException", error
        return {"functionName": "w-fn", "session": self.session}

    def provider(self):
        """The ARN of an identity provider, made when it is first asked for."""
        arn = iam_arn("oidc-provider", "w.example.com")
        if arn not in self.values:
            self.values[arn] = self.client("iam").create_open_id_connect_provider(
                Url="https://w.example.com", ClientIDList=["w"], ThumbprintList=[THUMBPRINT]
            )
        return {"OpenIDConnectProviderArn": arn}

    def link(self):
        """The id of a VPC link, made when it is first asked for."""
        if "vpcLinkId" not in self.values["apigateway"]:
            made = self.client("apigateway").create_vpc_link(name="w-link", targetArns=[BALANCER])
            self.values["apigateway"]["vpcLinkId"] = made["id"]
        return {"vpcLinkId": self.values["apigateway"]["vpcLinkId"]}

    def certificate(self):
        """The id of a client certificate, made when it is first asked for."""
        if "clientCertificateId" not in self.values["apigateway"]:
            made = self.client("apigateway").generate_client_certificate()
            self.values["apigateway"]["clientCertificateId"] = made["clientCertificateId"]
        return {"clientCertificateId": self.values["apigateway"]["clientCertificateId"]}

    def function(self):
        client = self.client("lambda")
        arn = client.create_function(
            FunctionName="w-fn",
            Role=iam_arn("role", "w/w-lambda"),
            Runtime="nodejs20.x",
            Handler="index.handler",
            Code={"ZipFile": zipped("export const handler = async () => 1;")},
            Tags=TAGS,
        )["FunctionArn"]
        client.get_waiter("function_active_v2").wait(
            FunctionName="w-fn", WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
        )
        client.publish_version(FunctionName="w-fn")
        client.create_alias(FunctionName="w-fn", Name="w-live", FunctionVersion="1")
        client.create_function_url_config(FunctionName="w-fn", AuthType="AWS_IAM")
        client.put_function_event_invoke_config(FunctionName="w-fn", MaximumRetryAttempts=1)
        client.put_function_concurrency(FunctionName="w-fn", ReservedConcurrentExecutions=5)
        client.add_permission(
            FunctionName="w-fn", StatementId="w", Action="lambda:InvokeFunction", Principal=API
        )
        client.put_provisioned_concurrency_config(
            FunctionName="w-fn", Qualifier="1", ProvisionedConcurrentExecutions=1
        )
        self.arn = arn
        layer = {"LayerName": "w-layer", "Content": {"ZipFile": zipped("1;", "nodejs/one.mjs")}}
        layer_arn = client.publish_layer_version(**layer)["LayerVersionArn"]
        client.add_layer_version_permission(
            LayerName="w-layer",
            VersionNumber=1,
            StatementId="w",
            Action="lambda:GetLayerVersion",
            Principal=API,
        )
        self.values["lambda"] = {
            **layer,
            "VersionNumber": 1,
            "Arn": layer_arn,
            "FunctionName": "w-fn",
            "Resource": arn,
            "ResourceArn": arn,
            "Tags": {"k": "v"},
            "TagKeys": ["k"],
            "StatementId": "w-2",
            "Action": "lambda:InvokeFunction",
            "Principal": API,
            "Role": iam_arn("role", "w/w-lambda"),
            "Code": {"ZipFile": zipped("export const handler = async () => 1;")},
            "Name": "w-live",
            "FunctionVersion": "1",
            "ReservedConcurrentExecutions": 5,
            "Qualifier": "1",
            "ProvisionedConcurrentExecutions": 1,
            "UpdateRuntimeOn": "Auto",
            "RecursiveLoop": "Terminate",
            "CodeSigningConfigArn": f"arn:aws:lambda:{REGION}:{API}:code-signing-config:csc-{'0' * 17}",
            "AuthType": "AWS_IAM",
            "InvokeArgs": b"{}",
            "Policy": json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": {
                        "Effect": "Allow",
                        "Principal": {"AWS": API},
                        "Action": "lambda:InvokeFunction",
                        "Resource": arn,
                    },
                }
            ),
        }

    def logs(self):
        logs = self.client("logs")
        logs.create_log_group(logGroupName="/w/group", tags=TAGS)
        logs.create_log_stream(logGroupName="/w/group", logStreamName="w-stream")
        arn = f"arn:aws:logs:{REGION}:{API}:log-group:/w/group"
        self.values["logs"] = {
            "logGroupName": "/w/group",
            "logGroupIdentifier": arn,
            "logStreamName": "w-stream",
            "resourceArn": arn,
            "retentionInDays": 7,
            "deletionProtectionEnabled": False,
            "logEvents": [{"timestamp": 1, "message": "w"}],
            "tags": {"k": "v"},
            "tagKeys": ["k"],
        }

    def api(self):
        gateway = self.client("apigateway")
        api = gateway.create_rest_api(name="w-api", tags=TAGS)["id"]
        root = gateway.get_resources(restApiId=api)["items"][0]["id"]
        child = gateway.create_resource(restApiId=api, parentId=root, pathPart="w")["id"]
        where = {"restApiId": api, "resourceId": child, "httpMethod": "GET"}
        gateway.put_method(authorizationType="NONE", **where)
        gateway.put_integration(type="MOCK", **where)
        for put in (gateway.put_method_response, gateway.put_integration_response):
            put(statusCode="200", **where)
        gateway.create_model(restApiId=api, name="wModel", contentType="application/json", schema="{}")
        validator = gateway.create_request_validator(restApiId=api, name="w-validator")["id"]
        authorizer = gateway.create_authorizer(
            restApiId=api,
            name="w-authorizer",
            type="TOKEN",
            authorizerUri=lambda_uri(self.arn),
            identitySource="method.request.header.Authorization",
        )["id"]
        gateway.put_gateway_response(restApiId=api, responseType="DEFAULT_4XX")
        deployment = gateway.create_deployment(restApiId=api, stageName="w-stage")["id"]
        part = gateway.create_documentation_part(
            restApiId=api, location={"type": "API"}, properties='{"description":"w"}'
        )["id"]
        gateway.create_documentation_version(restApiId=api, documentationVersion="w-1")
        self.api_id = api
        self.values["apigateway"] = {
            **where,
            "parentId": root,
            "pathPart": "w-new",
            "name": "w-name",
            "authorizationType": "NONE",
            "type": "MOCK",
            "statusCode": "200",
            "modelName": "wModel",
            "contentType": "application/json",
            "requestValidatorId": validator,
            "authorizerId": authorizer,
            "responseType": "DEFAULT_4XX",
            "deploymentId": deployment,
            "stageName": "w-stage",
            "exportType": "swagger",
            "documentationPartId": part,
            "documentationVersion": "w-1",
            "location": {"type": "MODEL", "name": "wModel"},
            "properties": '{"description":"w"}',
            "body": OPENAPI,
            "resourceArn": f"arn:aws:apigateway:{REGION}::/restapis/{api}",
            "tags": {"k": "v"},
            "tagKeys": ["k"],
            "id": "javascript",
            "startDate": "2026-11-01",
            "endDate": "2026-11-02",
            "format": "csv",
            "keyType": "API_KEY",
        }

    def plans(self):
        gateway = self.client("apigateway")
        key = gateway.create_api_key(name="w-key", enabled=True, tags=TAGS)["id"]
        spare = gateway.create_api_key(name="w-spare", enabled=True, tags=TAGS)["id"]
        plan = gateway.create_usage_plan(
            name="w-plan",
            tags=TAGS,
            apiStages=[{"apiId": self.api_id, "stage": "w-stage"}],
            quota={"limit": 10, "period": "DAY"},
        )["id"]
        gateway.create_usage_plan_key(usagePlanId=plan, keyId=key, keyType="API_KEY")
        self.spare_key = spare
        self.values["apigateway"] |= {"apiKey": key, "usagePlanId": plan, "keyId": key}

    def parameters(self, service, operation):
        """A minimal valid input of an operation of botocore's model, or of our own API."""
        if service == "crossway":
            return OWN[operation](self)
        model = self.client(service).meta.service_model.operation_model(operation)
        shape = model.input_shape
        chosen = MORE.get((service, operation), {})
        if callable(chosen):
            chosen = chosen(self)
        if service == "organizations" and operation in organizations.MORE:
            chosen = organizations.MORE[operation](self.organization)
        required = shape.required_members if shape else []
        missing = [name for name in required if name not in chosen]
        values = self.values.get(service, {})
        unknown = [name for name in missing if name not in values]
        if unknown:
            raise LookupError(f"permissions.py does not say what {unknown} are")
        return {name: values[name] for name in missing} | chosen

    def clear_the_way(self, service, operation):
        """Does what must have been done before the operation can succeed."""
        iam, policy = self.client("iam"), {"PolicyArn": self.values["iam"]["PolicyArn"]}
        match service, operation:
            case "lambda", "RemovePermission":
                self.client("lambda").add_permission(
                    FunctionName="w-fn", StatementId="w", Action="lambda:InvokeFunction", Principal=API
                )
            case "iam", "DeletePolicyVersion":
                iam.set_default_policy_version(VersionId="v1", **policy)
            case "iam", "DeletePolicy":
                for version in iam.list_policy_versions(**policy)["Versions"]:
                    if not version["IsDefaultVersion"]:
                        iam.delete_policy_version(VersionId=version["VersionId"], **policy)
            case "iam", "DeleteUser":
                for key in iam.list_access_keys(UserName="w-user")["AccessKeyMetadata"]:
                    iam.delete_access_key(UserName="w-user", AccessKeyId=key["AccessKeyId"])
            case "apigateway", "DeleteUsagePlan":
                stage = {"op": "remove", "path": "/apiStages", "value": f"{self.api_id}:w-stage"}
                self.client("apigateway").update_usage_plan(
                    usagePlanId=self.values["apigateway"]["usagePlanId"], patchOperations=[stage]
                )
            case "organizations", "DeleteOrganizationalUnit":
                one = self.organization
                self.client("organizations").move_account(
                    AccountId=one.account, SourceParentId=one.unit, DestinationParentId=one.root
                )
            case "organizations", "DeletePolicy":
                one = self.organization
                self.client("organizations").detach_policy(PolicyId=one.policy, TargetId=one.account)
            case "apigateway", "DeleteDeployment":
                self.client("apigateway").delete_stage(restApiId=self.api_id, stageName="w-new")

    def names(self, parameters):
        """Whether an input names a thing of this account, and not just a name."""
        gateway = self.values["apigateway"]
        own = [API, self.api_id, gateway["apiKey"], gateway["usagePlanId"], self.spare_key]
        return any(name in str(parameters) for name in own)

    def state(self):
        """What others must not change, as text."""
        iam, functions, gateway = (self.client(name) for name in ("iam", "lambda", "apigateway"))
        groups = self.client("logs").describe_log_groups()["logGroups"]
        found = [
            iam.get_account_authorization_details(Filter=["User", "Role", "Group", "LocalManagedPolicy"]),
            iam.list_access_keys(UserName="w-user")["AccessKeyMetadata"],
            functions.list_functions(FunctionVersion="ALL")["Functions"],
            functions.get_policy(FunctionName="w-fn"),
            functions.get_function_concurrency(FunctionName="w-fn"),
            functions.list_tags(Resource=self.arn),
            gateway.get_rest_apis()["items"],
            gateway.get_resources(restApiId=self.api_id, embed=["methods"])["items"],
            gateway.get_stages(restApiId=self.api_id)["item"],
            gateway.get_authorizers(restApiId=self.api_id)["items"],
            gateway.get_models(restApiId=self.api_id)["items"],
            gateway.get_api_keys()["items"],
            gateway.get_usage_plans()["items"],
            # Functions write to groups of their own whenever their provisioned workers start.
            [group for group in groups if not group["logGroupName"].startswith("/aws/lambda/")],
        ]
        for one in found:
            if isinstance(one, dict):
                one.pop("ResponseMetadata", None)
        return json.dumps(found, default=str, indent=1, sort_keys=True)


def patch(path, value):
    return {"patchOperations": [{"op": "replace", "path": path, "value": value}]}


# Members beside the required ones, or other values than those of the world.
MORE = {
    ("iam", "CreateUser"): {"UserName": "w-new", "Path": "/w/"},
    ("iam", "DeleteServiceLinkedRole"): {"RoleName": LINKED_ROLE},
    ("iam", "CreateOpenIDConnectProvider"): {"ThumbprintList": [THUMBPRINT]},
    **{
        ("iam", name): World.provider
        for name in """GetOpenIDConnectProvider AddClientIDToOpenIDConnectProvider
        RemoveClientIDFromOpenIDConnectProvider UpdateOpenIDConnectProviderThumbprint
        TagOpenIDConnectProvider UntagOpenIDConnectProvider ListOpenIDConnectProviderTags
        DeleteOpenIDConnectProvider""".split()
    },
    ("iam", "CreateGroup"): {"GroupName": "w-new", "Path": "/w/"},
    ("iam", "CreateRole"): {"RoleName": "w-new", "Path": "/w/"},
    ("iam", "CreatePolicy"): {"PolicyName": "w-new", "Path": "/w/"},
    ("iam", "CreateInstanceProfile"): {"InstanceProfileName": "w-new", "Path": "/w/"},
    ("iam", "DeleteAccountAlias"): {"AccountAlias": "w-other"},
    ("iam", "UpdateLoginProfile"): {"Password": "Another-Horse-2"},
    ("iam", "UpdateAssumeRolePolicy"): {"PolicyDocument": TRUST_ACCOUNT},
    ("iam", "CreateLoginProfile"): {"UserName": "w-user", "Password": "Correct-Horse-1"},
    ("apigateway", "CreateRequestValidator"): {"name": "w-new"},
    ("apigateway", "CreateVpcLink"): {"name": "w-new", "targetArns": [BALANCER]},
    **{("apigateway", f"{verb}VpcLink"): World.link for verb in ("Get", "Update", "Delete")},
    **{
        ("apigateway", f"{verb}ClientCertificate"): World.certificate
        for verb in ("Get", "Update", "Delete")
    },
    **{
        ("iam", name): {"UserName": "w-user"}
        for name in """CreateAccessKey GetLoginProfile GetUser ListAccessKeys
        UpdateAccessKey DeleteAccessKey DeleteLoginProfile""".split()
    },
    ("lambda", "AddLayerVersionPermission"): {"Action": "lambda:GetLayerVersion"},
    ("lambda", "RemoveLayerVersionPermission"): {"StatementId": "w"},
    ("lambda", "PutFunctionEventInvokeConfig"): {"MaximumRetryAttempts": 1},
    ("lambda", "UpdateFunctionEventInvokeConfig"): {"MaximumRetryAttempts": 1},
    ("lambda", "CreateFunction"): {
        "FunctionName": "w-new",
        "Runtime": "nodejs20.x",
        "Handler": "index.handler",
    },
    ("lambda", "UpdateFunctionCode"): {"ZipFile": zipped("export const handler = async () => 2;")},
    ("lambda", "UpdateFunctionConfiguration"): {"Role": iam_arn("role", "w/w-lambda")},
    ("lambda", "CreateAlias"): {"Name": "w-new"},
    ("lambda", "RemovePermission"): {"StatementId": "w"},
    ("lambda", "CreateFunctionUrlConfig"): {"FunctionName": "w-fn", "Qualifier": "w-live"},
    ("logs", "CreateLogGroup"): {"logGroupName": "/w/new"},
    ("logs", "CreateLogStream"): {"logStreamName": "w-new"},
    ("logs", "DescribeLogStreams"): {"logGroupName": "/w/group"},
    ("logs", "FilterLogEvents"): {"logGroupName": "/w/group"},
    ("logs", "GetLogEvents"): {"logGroupName": "/w/group"},
    ("logs", "UntagLogGroup"): {"tags": ["k"]},
    ("apigateway", "PutMethod"): {"httpMethod": "POST"},
    ("apigateway", "PutMethodResponse"): {"statusCode": "201"},
    ("apigateway", "PutIntegrationResponse"): {"selectionPattern": ""},
    ("apigateway", "CreateModel"): {"name": "wNew", "schema": "{}"},
    ("apigateway", "CreateStage"): {"stageName": "w-new"},
    ("apigateway", "CreateDocumentationVersion"): {"documentationVersion": "w-2"},
    ("apigateway", "CreateUsagePlanKey"): lambda world: {"keyId": world.spare_key},
    ("apigateway", "CreateAuthorizer"): lambda world: {
        "type": "TOKEN",
        "authorizerUri": lambda_uri(world.arn),
        "identitySource": "method.request.header.Authorization",
    },
    ("apigateway", "ImportApiKeys"): {"body": "name,key\nw-imported,01234567890123456789\n"},
    ("apigateway", "ImportDocumentationParts"): {
        "body": json.dumps(
            {
                "swagger": "2.0",
                "info": {"title": "w", "version": "1"},
                "paths": {},
                "x-amazon-apigateway-documentation": {
                    "documentationParts": [{"location": {"type": "RESOURCE", "path": "/w"}, "properties": {"d": "w"}}]
                },
            }
        )
    },
    ("apigateway", "UpdateRestApi"): patch("/name", "w-name"),
    ("apigateway", "UpdateUsage"): patch("/remaining", "5"),
}

# Inputs of our own API.
OWN = {
    "Explain": lambda world: {
        "action": "s3:GetObject",
        "resource": "*",
        "principal": iam_arn("user", "w/w-user"),
    },
    "ExplainDenial": lambda world: {"requestId": world.denied()["x-amzn-requestid"]},
    "Render": lambda world: {"template": "$input.body"},
    "Debug": lambda world: {"functionName": "w-fn", "port": 0, "cold": True},
    "KeepDebugging": lambda world: world.debugging(),
    "EndDebugging": lambda world: world.debugging(),
}

# Operations without a resource: the action is granted on `*`; what a refusal names instead of it.
ACCOUNT_WIDE = {
    ("lambda", "ListFunctions"): None,
    ("lambda", "GetAccountSettings"): None,
    ("lambda", "ListLayers"): None,
    ("logs", "DescribeLogGroups"): f"arn:aws:logs:{REGION}:{API}:log-group::log-stream:",
    ("iam", "ListUsers"): iam_arn("user", ""),
    ("iam", "ListGroups"): iam_arn("group", ""),
    ("iam", "ListRoles"): iam_arn("role", ""),
    ("iam", "ListInstanceProfiles"): iam_arn("instance-profile", ""),
    ("iam", "ListPolicies"): "policy path /",
    ("sts", "GetAccessKeyInfo"): None,
    ("sts", "DecodeAuthorizationMessage"): None,
    **{("organizations", name): None for name in organizations.WIDE},
    **{
        ("iam", name): None
        for name in """ListOpenIDConnectProviders CreateAccountAlias DeleteAccountAlias ListAccountAliases SimulateCustomPolicy
        GetContextKeysForCustomPolicy GetAccountAuthorizationDetails GenerateCredentialReport
        GetCredentialReport GetAccountPasswordPolicy UpdateAccountPasswordPolicy
        DeleteAccountPasswordPolicy GetAccountSummary""".split()
    },
}

# What is authorized and then refused because of what there is: the code that says so.
AFTERWARDS = {
    ("organizations", "CreateOrganization"): "AlreadyInOrganizationException",
    ("organizations", "DeleteOrganization"): "OrganizationNotEmptyException",
    ("iam", "GetServiceLinkedRoleDeletionStatus"): "NoSuchEntity",
    ("lambda", "PutFunctionCodeSigningConfig"): "CodeSigningConfigNotFoundException",
}

# Asked without a signature: who asks is what the token in the input says.
UNSIGNED = {("sts", "AssumeRoleWithWebIdentity")}

# Every valid signature will do.
OPEN = {("sts", "GetCallerIdentity"), ("sts", "GetSessionToken")}

# Actions that are not named after their operation, and those asked for beside it.
ACTIONS = {
    ("lambda", "Invoke"): ["InvokeFunction"],
    ("lambda", "InvokeWithResponseStream"): ["InvokeFunction"],
    ("lambda", "PutResourcePolicy"): ["PutResourcePolicy", "AddPermission", "RemovePermission"],
    ("lambda", "GetResourcePolicy"): ["GetResourcePolicy", "GetPolicy"],
    ("lambda", "DeleteResourcePolicy"): ["DeleteResourcePolicy", "RemovePermission"],
}


def needed(world, service, operation, parameters):
    """What AWS asks for before the operation runs, in the order in which it is asked."""
    if (service, operation) in ACCOUNT_WIDE:
        shown = ACCOUNT_WIDE[service, operation]
        if operation == "DeleteOrganization":
            shown = world.organization.arn
        return [Permission(f"{service}:{operation}", "*", shown)]
    return RULES[service](world, operation, parameters)


def lambda_rule(world, operation, parameters):
    if "Layer" in operation:
        arn = f"arn:aws:lambda:{REGION}:{API}:layer:w-layer"
        action = "GetLayerVersion" if operation == "GetLayerVersionByArn" else operation
        is_version = "VersionNumber" in parameters or "Arn" in parameters
        return [Permission(f"lambda:{action}", f"{arn}:1" if is_version else arn)]
    arn = f"arn:aws:lambda:{REGION}:{API}:function:{parameters.get('FunctionName', 'w-fn')}"
    if "Qualifier" in parameters:
        arn += f":{parameters['Qualifier']}"
    actions = ACTIONS.get(("lambda", operation), [operation])
    found = [Permission(f"lambda:{action}", arn) for action in actions]
    if "Role" in parameters:
        found.append(Permission("iam:PassRole", parameters["Role"]))
    return found


IAM_KINDS = [
    ("GroupName", "group"),
    ("InstanceProfileName", "instance-profile"),
    ("UserName", "user"),
    ("RoleName", "role"),
]


def iam_rule(world, operation, parameters):
    action = f"iam:{operation}"
    if operation == "GetAccessKeyLastUsed":
        return [Permission(action, iam_arn("user", "w/w-user"))]
    if operation == "ChangePassword":
        return [Permission(action, iam_arn("user", "caller"))]
    if "ServiceLinkedRole" in operation:
        return [Permission(action, iam_arn("role", f"aws-service-role/{LINKED}/{LINKED_ROLE}"))]
    if "OpenIDConnectProvider" in operation:
        given = parameters.get("OpenIDConnectProviderArn")
        return [Permission(action, given or iam_arn("oidc-provider", "new.example.com"))]
    if operation == "CreatePolicy":
        return [Permission(action, iam_arn("policy", f"w/{parameters['PolicyName']}"))]
    for member, kind in IAM_KINDS:
        if member in parameters:
            found = [Permission(action, iam_arn(kind, f"w/{parameters[member]}"))]
            break
    else:
        arn = parameters.get("PolicyArn") or parameters["PolicySourceArn"]
        return [Permission(action, arn)]
    if operation == "AddRoleToInstanceProfile":
        found.append(Permission("iam:PassRole", iam_arn("role", f"w/{parameters['RoleName']}")))
    return found


def sts_rule(world, operation, parameters):
    if operation == "GetFederationToken":
        resource = f"arn:aws:sts::{API}:federated-user/{parameters['Name']}"
    else:
        resource = parameters["RoleArn"]
    return [Permission(f"sts:{operation}", resource)]


def logs_rule(world, operation, parameters):
    group = f"arn:aws:logs:{REGION}:{API}:log-group:{parameters.get('logGroupName', '/w/group')}"
    if "resourceArn" in parameters:
        return [Permission(f"logs:{operation}", group)]
    return [Permission(f"logs:{operation}", f"{group}:log-stream:{parameters.get('logStreamName', '')}")]


def apigateway_rule(world, operation, parameters):
    model = world.client("apigateway").meta.service_model.operation_model(operation)
    members = {
        shape.serialization.get("name", name): name for name, shape in model.input_shape.members.items()
    }
    path = re.sub(
        r"\{(\w+)\}",
        lambda found: urllib.parse.quote(parameters[members[found[1]]], safe=""),
        model.http["requestUri"].split("?")[0],
    )
    arn = f"arn:aws:apigateway:{REGION}::{path}"
    found = [Permission(f"apigateway:{model.http['method']}", arn)]
    if operation == "TagResource":
        # Tested against AWS: https://github.com/iann0036/iam-dataset/pull/39
        found.append(Permission("apigateway:PATCH", parameters["resourceArn"]))
    return found


def crossway_rule(world, operation, parameters):
    if operation == "Render":
        return [Permission("apigateway:GET", f"arn:aws:apigateway:{REGION}::/restapis")]
    if operation.endswith(("Debug", "Debugging")):
        # Whoever attaches runs what code they like, for as long as they like.
        arn = f"arn:aws:lambda:{REGION}:{API}:function:{parameters['functionName']}"
        return [Permission(f"lambda:UpdateFunction{part}", arn) for part in ("Code", "Configuration")]
    return [Permission("iam:SimulatePrincipalPolicy", parameters.get("principal", "*"))]


def organizations_rule(world, operation, parameters):
    found = organizations.resources(world.organization, operation, parameters)
    return [Permission(f"organizations:{operation}", arn) for arn in found]


RULES = {
    "crossway": crossway_rule,
    "organizations": organizations_rule,
    "lambda": lambda_rule,
    "iam": iam_rule,
    "sts": sts_rule,
    "logs": logs_rule,
    "apigateway": apigateway_rule,
}
