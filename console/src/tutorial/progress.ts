import { apiList, resourceList, stageExport, stageList, type RestApi } from '../api/apigateway';
import { functionName, functionOfUri, methodArn, type FunctionName } from '../api/arn';
import { functionList } from '../api/lambda';
import { groupList } from '../api/logs';
import { here, type Place } from '../api/place';
import { knownSessions, type KnownSession } from '../data/sessions';
import { verdict } from '../pages/apigateway/permission';

/** What of the tutorial is done, judged by what the accounts have. */
export interface Progress {
  hasTwoAccounts: boolean;
  hasApi: boolean;
  hasHelloWorld: boolean;
  hasFunction: boolean;
  isWired: boolean;
  isPermitted: boolean;
  isDeployed: boolean;
  isCalled: boolean;
}

/** APIs that are looked into, the newest first. */
const APIS_MAX = 5;

interface Wired {
  api: RestApi;
  target: FunctionName;
  sourceArn: string;
}

/** Looks at this tab's account for the API, and at the others of this browser for the function. */
export async function progress(account: string): Promise<Progress> {
  const { region, session } = here();
  const others = knownSessions().filter((one) => one.account !== account);
  const apis = (await apiList()).sort((a, b) => b.createdDate - a.createdDate).slice(0, APIS_MAX);
  const trees = await Promise.all(apis.map(async (api) => ({ api, all: await resourceList(api.id) })));
  const wired: Wired[] = [];
  for (const { api, all } of trees) {
    for (const resource of all) {
      for (const [verb, method] of Object.entries(resource.resourceMethods ?? {})) {
        const arn = functionOfUri(method.methodIntegration?.uri);
        const target = arn ? functionName(arn, account, region) : undefined;
        if (!target || target.account === account) continue;
        const sourceArn = methodArn(target.region, account, api.id, verb, resource.path);
        wired.push({ api, target, sourceArn });
      }
    }
  }
  const verdicts = await Promise.all(
    wired.map(async (one) => ({
      one,
      isGranted: (await verdict(one.target, one.sourceArn, account)).kind === 'granted',
    })),
  );
  const permitted = verdicts.filter(({ isGranted }) => isGranted).map(({ one }) => one);
  const candidates = permitted.length > 0 ? permitted : wired;
  const deployed = await firstDeployed(candidates);
  return {
    hasTwoAccounts: others.length > 0,
    hasApi: apis.length > 0,
    hasHelloWorld: trees.some(({ all }) => all.some((one) => one.path === '/helloworld')),
    hasFunction: wired.length > 0 || (await someHasFunctions(others, region)),
    isWired: wired.length > 0,
    isPermitted: permitted.length > 0,
    isDeployed: deployed !== undefined,
    isCalled: deployed !== undefined && (await hasLogs(deployed, others, session)),
  };
}

async function someHasFunctions(others: KnownSession[], region: string): Promise<boolean> {
  const lists = await Promise.allSettled(
    others.map((one) => functionList({ session: one.number, region })),
  );
  return lists.some((one) => one.status === 'fulfilled' && one.value.length > 0);
}

/** The first API that a stage serves with its function. */
async function firstDeployed(candidates: Wired[]): Promise<Wired | undefined> {
  for (const one of candidates) {
    for (const { stageName } of await stageList(one.api.id)) {
      const document = await stageExport(one.api.id, stageName, 'oas30', 'json', 'integrations');
      if (document.includes(one.target.arn)) return one;
    }
  }
  return undefined;
}

/** Whether the function has run, as its log group tells. */
async function hasLogs(one: Wired, others: KnownSession[], session: number): Promise<boolean> {
  const owner = others.find((other) => other.account === one.target.account);
  const place: Place = { session: owner?.number ?? session, region: one.target.region };
  const name = `/aws/lambda/${one.target.arn.split(':function:')[1]?.split(':')[0] ?? ''}`;
  const groups = await groupList(place).catch(() => []);
  return groups.some((group) => group.logGroupName === name);
}
