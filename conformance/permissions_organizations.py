"""What Organizations' operations ask for; see `permissions.py`."""

import json

from conftest import API

DENY = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}
)
KIND = "SERVICE_CONTROL_POLICY"


class Organization:
    """An organization of account 111111111111, and the ids of what is in it."""

    def __init__(self, client):
        try:
            made = client.create_organization(FeatureSet="ALL")["Organization"]
        except client.exceptions.AlreadyInOrganizationException:
            made = client.describe_organization()["Organization"]
        self.id, self.arn = made["Id"], made["Arn"]
        self.root = client.list_roots()["Roots"][0]["Id"]
        request = client.create_account(Email="w@example.org", AccountName="w")
        self.request = request["CreateAccountStatus"]["Id"]
        self.account = self.created(client)
        unit = client.create_organizational_unit(ParentId=self.root, Name="w")
        self.unit = unit["OrganizationalUnit"]["Id"]
        policy = {"Content": DENY, "Description": "w", "Type": KIND}
        self.policy = self.made_policy(client, Name="w", **policy)
        self.attached = self.made_policy(client, Name="w-attached", **policy)
        client.attach_policy(PolicyId=self.attached, TargetId=self.unit)
        self.values = {
            "PolicyId": self.policy,
            "TargetId": self.account,
            "ParentId": self.root,
            "Name": "w-new",
            "OrganizationalUnitId": self.unit,
            "AccountId": self.account,
            "CreateAccountRequestId": self.request,
            "RootId": self.root,
            "PolicyType": "RESOURCE_CONTROL_POLICY",
            "ChildType": "ACCOUNT",
            "ChildId": self.account,
            "Filter": KIND,
            "SourceParentId": self.root,
            "DestinationParentId": self.unit,
            "ResourceId": self.account,
            "Tags": [{"Key": "k", "Value": "v"}],
            "TagKeys": ["k"],
            "Content": DENY,
            "Description": "w",
            "Type": KIND,
            "Email": "w-new@example.org",
            "AccountName": "w-new",
        }

    def created(self, client):
        status = client.describe_create_account_status(CreateAccountRequestId=self.request)
        return status["CreateAccountStatus"]["AccountId"]

    @staticmethod
    def made_policy(client, **policy):
        return client.create_policy(**policy)["Policy"]["PolicySummary"]["Id"]

    def arn_of(self, thing):
        """The ARN of a root, unit, account or policy of the organization."""
        if thing.startswith("p-"):
            kind = f"policy/{self.id}/{KIND.lower()}"
        else:
            kind = {"r": "root", "o": "ou"}.get(thing[0], "account") + f"/{self.id}"
        return f"arn:aws:organizations::{API}:{kind}/{thing}"


# The members that name what an operation asks for, where there are several.
NAMING = {
    "AttachPolicy": ["PolicyId", "TargetId"],
    "DetachPolicy": ["PolicyId", "TargetId"],
    "MoveAccount": ["AccountId", "SourceParentId", "DestinationParentId"],
}
SINGLE = "PolicyId TargetId ParentId OrganizationalUnitId AccountId RootId ChildId ResourceId".split()

# Without a resource, but for CreatePolicy, whose policy has no id yet.
WIDE = """CreateAccount DescribeCreateAccountStatus DescribeOrganization ListAccounts
ListCreateAccountStatus ListPolicies ListRoots CreatePolicy CreateOrganization DeleteOrganization""".split()

MORE = {
    "DetachPolicy": lambda one: {"PolicyId": one.attached, "TargetId": one.unit},
    "DeleteOrganizationalUnit": lambda one: {"OrganizationalUnitId": one.unit},
    "DisablePolicyType": lambda one: {"PolicyType": "RESOURCE_CONTROL_POLICY"},
    "CreatePolicy": lambda one: {"Name": "w-new"},
}


def resources(organization, operation, parameters):
    """The ARNs that an operation asks for."""
    members = NAMING.get(operation) or [one for one in SINGLE if one in parameters][:1]
    return [organization.arn_of(parameters[member]) for member in members]
