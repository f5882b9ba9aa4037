"""Layers: published, shared and used through AWS CLI and boto3, seen in `/opt`."""

import io
import json
import subprocess
import zipfile

import pytest
import requests
from botocore.exceptions import ClientError
from conftest import FUNCTIONS, cli, function

PACKAGES = """import fs from 'node:fs';
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
export const handler = async (event) => ({
  package: event.package && require(event.package),
  opt: fs.existsSync('/opt') ? fs.readdirSync('/opt', { recursive: true }).sort() : [],
});
"""


def layer_zip(**files):
    """A zip file; names say `__` for `/`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/") + ".js", text)
    return buffer.getvalue()


def publish(client, name, **files):
    """The ARN of a new version."""
    made = client.publish_layer_version(LayerName=name, Content={"ZipFile": layer_zip(**files)})
    return made["LayerVersionArn"]


def invoke(client, name, event):
    answer = client.invoke(FunctionName=name, Payload=json.dumps(event))
    return json.loads(answer["Payload"].read())


def code_of(refused):
    return refused.value.response["Error"]["Code"]


def aws(server, version, *arguments):
    """What the AWS CLI prints for the functions' account."""
    done = subprocess.run(
        [cli(version), "--endpoint-url", server.url, "lambda", *arguments],
        env=server.environ("functions"), capture_output=True, text=True, timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout or "null")


@pytest.mark.parametrize("version", ["1", "2"])
def test_the_cli_publishes_lists_and_deletes(server, tmp_path, version):
    name = f"layer-cli-{version}"
    file = tmp_path / "layer.zip"
    file.write_bytes(layer_zip(nodejs__node_modules__told__index="module.exports = 'told'"))
    made = aws(
        server, version, "publish-layer-version", "--layer-name", name, "--zip-file", f"fileb://{file}",
        "--compatible-runtimes", "nodejs20.x", "--description", "tells", "--license-info", "MIT",
    )
    arn = f"arn:aws:lambda:us-east-1:{FUNCTIONS}:layer:{name}"
    assert (made["LayerVersionArn"], made["Version"]) == (f"{arn}:1", 1)
    downloaded = requests.get(made["Content"]["Location"], timeout=30)
    assert downloaded.content == file.read_bytes()
    listed = aws(server, version, "list-layers", "--compatible-runtime", "nodejs20.x")["Layers"]
    latest = {item["LayerName"]: item["LatestMatchingVersion"] for item in listed}[name]
    assert (latest["LayerVersionArn"], latest["LicenseInfo"]) == (f"{arn}:1", "MIT")
    versions = aws(server, version, "list-layer-versions", "--layer-name", name)["LayerVersions"]
    assert [item["Version"] for item in versions] == [1]
    got = aws(server, version, "get-layer-version", "--layer-name", arn, "--version-number", "1")
    assert got["Description"] == "tells"
    by_arn = aws(server, version, "get-layer-version-by-arn", "--arn", f"{arn}:1")
    assert by_arn["Content"]["CodeSha256"] == made["Content"]["CodeSha256"]
    aws(server, version, "delete-layer-version", "--layer-name", name, "--version-number", "1")
    listed = aws(server, version, "list-layers")["Layers"]
    assert name not in [item["LayerName"] for item in listed]


def test_a_function_sees_its_layers_and_no_others(server):
    client = server.client("functions", "lambda")
    first = publish(
        client, "one", nodejs__node_modules__a__index="module.exports = 'one'",
        nodejs__node_modules__b__index="module.exports = 'one'",
    )
    second = publish(client, "two", nodejs__node_modules__b__index="module.exports = 'two'")
    function(server, "functions", "layered", PACKAGES)
    update = client.update_function_configuration
    update(FunctionName="layered", Layers=[first, second])
    client.get_waiter("function_updated_v2").wait(FunctionName="layered")
    assert invoke(client, "layered", {"package": "a"})["package"] == "one"
    seen = invoke(client, "layered", {"package": "b"})
    assert seen["package"] == "two"
    assert "nodejs/node_modules/b/index.js" in seen["opt"]
    shown = client.get_function_configuration(FunctionName="layered")["Layers"]
    assert [item["Arn"] for item in shown] == [first, second]

    # A published version keeps its layers; a deleted version of a layer stays with functions.
    number = client.publish_version(FunctionName="layered")["Version"]
    client.delete_layer_version(LayerName="two", VersionNumber=1)
    update(FunctionName="layered", Layers=[])
    client.get_waiter("function_updated_v2").wait(FunctionName="layered")
    assert invoke(client, "layered", {})["opt"] == []
    assert invoke(client, f"layered:{number}", {"package": "b"})["package"] == "two"


def test_a_layer_of_another_account_needs_its_permission(server):
    owner = server.client("api", "lambda")
    user = server.client("functions", "lambda")
    arn = publish(owner, "shared", nodejs__node_modules__shared__index="module.exports = 'shared'")
    function(server, "functions", "borrower", PACKAGES)
    for attempt in (
        lambda: user.update_function_configuration(FunctionName="borrower", Layers=[arn]),
        lambda: user.get_layer_version_by_arn(Arn=arn),
    ):
        with pytest.raises(ClientError) as refused:
            attempt()
        assert code_of(refused) == "AccessDeniedException"
        text = refused.value.response["Error"]["Message"]
        assert f"lambda:GetLayerVersion on resource: {arn}" in text
        assert "because no resource-based policy allows" in text
    grant = {"LayerName": "shared", "VersionNumber": 1}
    added = owner.add_layer_version_permission(
        StatementId="functions", Action="lambda:GetLayerVersion", Principal=FUNCTIONS, **grant
    )
    statement = json.loads(added["Statement"])
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{FUNCTIONS}:root"}
    user.update_function_configuration(FunctionName="borrower", Layers=[arn])
    user.get_waiter("function_updated_v2").wait(FunctionName="borrower")
    assert invoke(user, "borrower", {"package": "shared"})["package"] == "shared"
    # What is granted is reading: the owner alone manages the layer.
    with pytest.raises(ClientError) as refused:
        user.delete_layer_version(LayerName=arn.rsplit(":", 1)[0], VersionNumber=1)
    assert code_of(refused) == "AccessDeniedException"
    owner.remove_layer_version_permission(StatementId="functions", **grant)
    with pytest.raises(ClientError) as refused:
        user.get_layer_version_by_arn(Arn=arn)
    assert code_of(refused) == "AccessDeniedException"
    with pytest.raises(ClientError) as refused:
        owner.get_layer_version_policy(**grant)
    assert code_of(refused) == "ResourceNotFoundException"


def test_identity_policies_say_which_layers_a_user_may_give(server):
    iam = server.client("functions", "iam")
    admin = server.client("functions", "lambda")
    good = publish(admin, "good", nodejs__x="1")
    bad = publish(admin, "bad", nodejs__x="1")
    function(server, "functions", "chosen", PACKAGES)
    iam.create_user(UserName="layerer")
    key = iam.create_access_key(UserName="layerer")["AccessKey"]
    allow = {"Effect": "Allow", "Resource": "*"}
    statements = [
        {**allow, "Action": "lambda:GetLayerVersion"},
        {
            **allow, "Action": "lambda:UpdateFunctionConfiguration",
            "Condition": {"ForAllValues:StringLike": {"lambda:Layer": ["*:layer:good:*"]}},
        },
    ]
    iam.put_user_policy(
        UserName="layerer", PolicyName="p",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
    )
    user = server.client(
        "functions", "lambda", aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    user.update_function_configuration(FunctionName="chosen", Layers=[good])
    admin.get_waiter("function_updated_v2").wait(FunctionName="chosen")
    with pytest.raises(ClientError) as refused:
        user.update_function_configuration(FunctionName="chosen", Layers=[bad])
    assert code_of(refused) == "AccessDeniedException"
