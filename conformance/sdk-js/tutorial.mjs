// The second generation of AWS's tutorial with the AWS SDK for JavaScript v3.
// Arguments: zip file of the function; accounts by profile `api` and `functions`; AWS_ENDPOINT_URL set.
import * as G from '@aws-sdk/client-api-gateway';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import * as L from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { readFileSync } from 'node:fs';

const as = (profile) => ({ profile, region: 'us-east-1' });
const iam = new IAMClient(as('functions'));
const lambda = new L.LambdaClient(as('functions'));
const gateway = new G.APIGatewayClient(as('api'));
const account = (await new STSClient(as('api')).send(new GetCallerIdentityCommand({}))).Account;

const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }] };
const role = await iam.send(new CreateRoleCommand({ RoleName: 'sdk-js-tutorial', AssumeRolePolicyDocument: JSON.stringify(trust) }));
const FunctionName = 'sdk-js-tutorial';
const { FunctionArn } = await lambda.send(new L.CreateFunctionCommand({
  FunctionName, Runtime: 'nodejs20.x', Handler: 'index.handler', Role: role.Role.Arn, Code: { ZipFile: readFileSync(process.argv[2]) },
}));
await L.waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { FunctionName });

const { id: restApiId } = await gateway.send(new G.CreateRestApiCommand({ name: 'CrossAccountLambdaAPI', endpointConfiguration: { types: ['REGIONAL'] } }));
const root = (await gateway.send(new G.GetResourcesCommand({ restApiId }))).items[0].id;
const { id: resourceId } = await gateway.send(new G.CreateResourceCommand({ restApiId, parentId: root, pathPart: 'helloworld' }));
const method = { restApiId, resourceId, httpMethod: 'GET' };
await gateway.send(new G.PutMethodCommand({ ...method, authorizationType: 'NONE' }));
const uri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${FunctionArn}/invocations`;
await gateway.send(new G.PutIntegrationCommand({ ...method, type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri }));
await gateway.send(new G.CreateDeploymentCommand({ restApiId, stageName: 'test' }));

const get = async () => {
  const answer = await fetch(`${process.env.AWS_ENDPOINT_URL}/_aws/execute-api/${restApiId}/test/helloworld`);
  return [answer.status, await answer.text()];
};
const before = await get();
await lambda.send(new L.AddPermissionCommand({
  FunctionName: FunctionArn, StatementId: 'sdk', Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com',
  SourceArn: `arn:aws:execute-api:us-east-1:${account}:${restApiId}/*/GET/helloworld`,
}));
const after = await get();
const { Policy } = await lambda.send(new L.GetPolicyCommand({ FunctionName }));
console.log(JSON.stringify({ before, after, condition: JSON.parse(Policy).Statement[0].Condition, restApiId }));
