"""VPC links: private upstreams that the operator names, reached through a link and no other way."""

import json

import pytest
from apis import backend, deploy, release, send
from botocore.exceptions import ClientError
from conftest import Crossway

ERROR = (500, '{"message": "Internal server error"}')


def balancer(name, region="us-east-1", account="111111111111"):
    return f"arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/net/{name}/50dc6c495c0c9188"


@pytest.fixture(scope="module")
def origin():
    with backend() as running:
        yield running


@pytest.fixture(scope="module")
def server(tmp_path_factory, origin):
    """A server whose operator named two targets: one with a port, one without."""
    flags = []
    for name, at in [("whole", f"127.0.0.1:{origin.server_port}"), ("host", "127.0.0.1")]:
        flags += ["--vpc-link", f"{balancer(name)}={at}"]
    data = tmp_path_factory.mktemp("linked") / "data"
    crossway = Crossway(data, "--ephemeral", *flags)
    yield crossway
    assert crossway.stop() == 0


@pytest.fixture(scope="module")
def gateway(server):
    return server.client("api", "apigateway")


def link(gateway, name, account="111111111111", **more):
    target = balancer(name, gateway.meta.region_name, account)
    return gateway.create_vpc_link(name=name, targetArns=[target], **more)


def linked(uri, connection="${stageVariables.link}", kind="http_proxy"):
    return {
        "x-amazon-apigateway-integration": {
            "type": kind,
            "httpMethod": "GET",
            "uri": uri,
            "connectionType": "VPC_LINK",
            "connectionId": connection,
            "responses": {"default": {"statusCode": "200"}},
        },
        "responses": {"200": {"description": ""}},
    }


def api(server, name, uri, link_id, **more):
    return deploy(
        server, name, {"/x": {"get": linked(uri, **more)}}, variables={"link": link_id}
    )


def test_a_link_leads_to_its_upstream_whatever_the_host_of_the_uri(server, gateway, origin):
    made = link(gateway, "whole")
    assert (made["status"], made["targetArns"]) == ("AVAILABLE", [balancer("whole")])
    for kind in ("http_proxy", "http"):
        url = "http://internal.example.invalid/private?a=1"
        reply = send(server, api(server, f"linked-{kind}", url, made["id"], kind=kind), "/x")
        assert reply.status == 200, reply.text
        got = reply.json()
        assert got["target"] == "/private?a=1"
        assert dict(got["headers"])["Host"] == "internal.example.invalid"


def test_the_port_is_the_uris_where_the_upstream_has_none(server, gateway, origin):
    made = link(gateway, "host")
    url = f"http://internal.example.invalid:{origin.server_port}/"
    assert send(server, api(server, "port", url, made["id"]), "/x").status == 200


def test_without_the_link_the_host_is_not_reached(server, gateway, origin):
    document = {"/x": {"get": linked("http://internal.example.invalid/")}}
    integration = document["/x"]["get"]["x-amazon-apigateway-integration"]
    integration["connectionType"] = "INTERNET"
    del integration["connectionId"]
    assert said(send(server, deploy(server, "unlinked", document), "/x")) == ERROR


def said(reply):
    return reply.status, reply.text


def test_a_link_never_leads_to_the_servers_own_port(server, gateway):
    made = link(gateway, "host")
    url = f"http://internal.example.invalid:{server.port}/"
    assert said(send(server, api(server, "own", url, made["id"]), "/x")) == ERROR


def test_a_target_that_nobody_named_fails(server, gateway):
    made = link(gateway, "unnamed")
    assert made["status"] == "FAILED"
    assert balancer("unnamed") in made["statusMessage"]
    url = "http://internal.example.invalid/"
    assert said(send(server, api(server, "unnamed", url, made["id"]), "/x")) == ERROR


def test_links_are_their_accounts_and_regions_own(server, gateway):
    theirs = link(server.client("functions", "apigateway"), "whole", account="222222222222")
    url = "http://internal.example.invalid/"
    assert said(send(server, api(server, "theirs", url, theirs["id"]), "/x")) == ERROR
    elsewhere = link(server.client("api", "apigateway", "eu-west-1"), "whole")
    assert said(send(server, api(server, "elsewhere", url, elsewhere["id"]), "/x")) == ERROR
    with pytest.raises(ClientError) as unknown:
        gateway.get_vpc_link(vpcLinkId=theirs["id"])
    assert unknown.value.response["Error"]["Code"] == "NotFoundException"


def test_a_deleted_link_leads_nowhere_at_once(server, gateway):
    made = link(gateway, "whole")
    url = "http://internal.example.invalid/"
    deployed = api(server, "deleted", url, made["id"])
    assert send(server, deployed, "/x").status == 200
    gateway.delete_vpc_link(vpcLinkId=made["id"])
    assert said(send(server, deployed, "/x")) == ERROR
    release(server, deployed, variables={"link": link(gateway, "whole")["id"]})
    assert send(server, deployed, "/x").status == 200


def test_links_are_listed_changed_and_deleted(server, gateway):
    made = link(gateway, "whole", description="first", tags={"team": "blue"})
    assert made["tags"] == {"team": "blue"}
    changed = gateway.update_vpc_link(
        vpcLinkId=made["id"],
        patchOperations=[
            {"op": "replace", "path": "/name", "value": "renamed"},
            {"op": "replace", "path": "/description", "value": "second"},
        ],
    )
    assert (changed["name"], changed["description"]) == ("renamed", "second")
    assert gateway.get_vpc_link(vpcLinkId=made["id"])["name"] == "renamed"
    assert made["id"] in [one["id"] for one in gateway.get_vpc_links(limit=500)["items"]]
    with pytest.raises(ClientError):
        gateway.update_vpc_link(
            vpcLinkId=made["id"],
            patchOperations=[{"op": "replace", "path": "/targetArns", "value": balancer("host")}],
        )
    gateway.delete_vpc_link(vpcLinkId=made["id"])
    with pytest.raises(ClientError) as unknown:
        gateway.delete_vpc_link(vpcLinkId=made["id"])
    assert unknown.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_tags_of_links_are_told_added_and_taken_away(gateway):
    made = link(gateway, "whole", tags={"team": "blue"})
    arn = f"arn:aws:apigateway:us-east-1::/vpclinks/{made['id']}"
    gateway.tag_resource(resourceArn=arn, tags={"stage": "one", "team": "red"})
    assert gateway.get_tags(resourceArn=arn)["tags"] == {"stage": "one", "team": "red"}
    gateway.untag_resource(resourceArn=arn, tagKeys=["stage"])
    assert gateway.get_tags(resourceArn=arn)["tags"] == {"team": "red"}
    assert gateway.get_vpc_link(vpcLinkId=made["id"])["tags"] == {"team": "red"}
    gateway.delete_vpc_link(vpcLinkId=made["id"])
    for call, more in [
        (gateway.get_tags, {}),
        (gateway.tag_resource, {"tags": {"a": "b"}}),
        (gateway.untag_resource, {"tagKeys": ["team"]}),
    ]:
        with pytest.raises(ClientError) as unknown:
            call(resourceArn=arn, **more)
        assert unknown.value.response["Error"]["Code"] == "NotFoundException"


@pytest.mark.parametrize(
    "targets",
    [
        [],
        [balancer("whole"), balancer("host")],
        ["http://127.0.0.1/"],
        [balancer("whole").replace("/net/", "/app/")],
        # What the operator named for one account is nothing that another one may link to.
        [balancer("whole", account="222222222222")],
        [balancer("whole", region="us-west-2")],
    ],
)
def test_links_have_one_network_load_balancer(gateway, targets):
    with pytest.raises(ClientError) as refused:
        gateway.create_vpc_link(name="x", targetArns=targets)
    assert refused.value.response["Error"]["Code"] == "BadRequestException"


def test_at_most_20_links_of_an_account(server):
    gateway = server.client("api", "apigateway", "us-west-2")
    for _ in range(20):
        link(gateway, "whole")
    with pytest.raises(ClientError) as refused:
        link(gateway, "whole")
    assert refused.value.response["Error"]["Code"] == "LimitExceededException"


def test_only_http_integrations_use_links(gateway):
    made = gateway.create_rest_api(name="kinds")["id"]
    root = gateway.get_resources(restApiId=made)["items"][0]["id"]
    where = {"restApiId": made, "resourceId": root, "httpMethod": "GET"}
    gateway.put_method(authorizationType="NONE", **where)
    for settings in [
        {"type": "MOCK", "connectionId": "abc123"},
        {"type": "HTTP_PROXY", "uri": "http://example.com/"},
        {
            "type": "HTTP_PROXY",
            "uri": "http://example.com/",
            "connectionId": "abc123",
            "integrationTarget": balancer("whole"),
        },
    ]:
        with pytest.raises(ClientError) as refused:
            gateway.put_integration(
                connectionType="VPC_LINK", integrationHttpMethod="GET", **settings, **where
            )
        assert refused.value.response["Error"]["Code"] == "BadRequestException", settings


def test_iam_decides_about_links_and_their_tags(server, gateway):
    iam = server.client("api", "iam")
    iam.create_user(UserName="links")
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "apigateway:*", "Resource": "*"},
            {
                "Effect": "Deny",
                "Action": "apigateway:DELETE",
                "Resource": "arn:aws:apigateway:us-east-1::/vpclinks/*",
                "Condition": {"StringEquals": {"aws:ResourceTag/team": "blue"}},
            },
        ],
    }
    iam.put_user_policy(UserName="links", PolicyName="p", PolicyDocument=json.dumps(document))
    key = iam.create_access_key(UserName="links")["AccessKey"]
    mine = server.client(
        "api",
        "apigateway",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    blue = link(mine, "whole", tags={"team": "blue"})["id"]
    red = link(mine, "whole", tags={"team": "red"})["id"]
    with pytest.raises(ClientError) as refused:
        mine.delete_vpc_link(vpcLinkId=blue)
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    mine.delete_vpc_link(vpcLinkId=red)
