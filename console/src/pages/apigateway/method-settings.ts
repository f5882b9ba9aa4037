import type { MethodSettings, Patch, Stage } from '../../api/apigateway';

/** Settings of a stage's methods as their form has them; empty numbers are not set. */
export interface SettingsDraft {
  level: string;
  hasData: boolean;
  hasMetrics: boolean;
  rate: string;
  burst: string;
}

export const LEVELS = [
  { value: 'OFF', label: 'Off' },
  { value: 'ERROR', label: 'Errors only' },
  { value: 'INFO', label: 'Errors and info logs' },
];

export const levelName = (level: string | undefined): string =>
  LEVELS.find(({ value }) => value === (level ?? 'OFF'))?.label ?? String(level);

/** The key of a method's settings in a stage: `pets~1{petId}/GET`, and `/GET` for the root. */
export const settingsKey = (path: string, verb: string): string =>
  `${path.replace(/^\//, '').replaceAll('~', '~0').replaceAll('/', '~1')}/${verb}`;

/** Where a stage's settings of all methods are. */
export const ALL = '*/*';

export const settingsOf = (stage: Stage, key = ALL): MethodSettings | undefined =>
  stage.methodSettings?.[key];

export function settingsDraftOf(settings: MethodSettings | undefined): SettingsDraft {
  const number = (value: number | undefined) =>
    value === undefined || value < 0 ? '' : String(value);
  return {
    level: settings?.loggingLevel ?? 'OFF',
    hasData: settings?.dataTraceEnabled ?? false,
    hasMetrics: settings?.metricsEnabled ?? false,
    rate: number(settings?.throttlingRateLimit),
    burst: number(settings?.throttlingBurstLimit),
  };
}

/** The first part of patches for one method, or for all. */
export function patchRoot(path?: string, verb?: string): string {
  if (path === undefined || verb === undefined) return '/*/*';
  return `/${path.replaceAll('~', '~0').replaceAll('/', '~1')}/${verb}`;
}

/** What UpdateStage is given to get from the settings to the draft. */
export function settingsPatches(
  root: string,
  before: MethodSettings | undefined,
  draft: SettingsDraft,
): Patch[] {
  const old = settingsDraftOf(before);
  const isNew = before === undefined;
  const patches: Patch[] = [];
  const set = (leaf: string, was: string, is: string) => {
    if (is !== '' && (isNew || was !== is)) {
      patches.push({ op: 'replace', path: `${root}/${leaf}`, value: is });
    }
  };
  set('logging/loglevel', old.level, draft.level);
  set('logging/dataTrace', String(old.hasData), String(draft.hasData));
  set('metrics/enabled', String(old.hasMetrics), String(draft.hasMetrics));
  set('throttling/rateLimit', old.rate, draft.rate);
  set('throttling/burstLimit', old.burst, draft.burst);
  return patches;
}
