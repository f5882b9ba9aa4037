"""Crossway's own API, called as botocore's clients call AWS's."""

import json

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.exceptions
import requests

PATHS = {
    "Debug": ("POST", "/_crossway/debug"),
    "KeepDebugging": ("POST", "/_crossway/debug/{functionName}/{session}"),
    "EndDebugging": ("DELETE", "/_crossway/debug/{functionName}/{session}"),
    "Explain": ("POST", "/_crossway/explain"),
    "ExplainDenial": ("GET", "/_crossway/explain/{requestId}"),
    "Render": ("POST", "/_crossway/render"),
}


class Client:
    """Signs for the service `crossway` with a key."""

    def __init__(self, url, key, secret):
        self.url = url
        self.credentials = botocore.credentials.Credentials(key, secret)

    def _make_api_call(self, operation, parameters):
        method, path = PATHS[operation]
        has_body = method == "POST"
        request = botocore.awsrequest.AWSRequest(
            method=method,
            url=self.url + path.format(**parameters),
            data=json.dumps(parameters) if has_body else b"",
            headers={"Content-Type": "application/json"} if has_body else {},
        )
        botocore.auth.SigV4Auth(self.credentials, "crossway", "us-east-1").add_auth(request)
        sent = request.prepare()
        answer = requests.request(
            sent.method, sent.url, data=sent.body, headers=sent.headers, timeout=60
        )
        meta = {"HTTPStatusCode": answer.status_code, "HTTPHeaders": dict(answer.headers)}
        found = answer.json() if answer.content else {}
        if answer.status_code < 300:
            return found | {"ResponseMetadata": meta}
        error = {
            "Code": answer.headers.get("x-amzn-ErrorType", ""),
            "Message": found.get("message") or found.get("Message", ""),
        }
        raise botocore.exceptions.ClientError({"Error": error, "ResponseMetadata": meta}, operation)
