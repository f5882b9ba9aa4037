import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { stageUpdate, type Patch, type Stage } from '../../api/apigateway';
import { patchCommand } from '../../api/cli';
import { useFlash } from '../../shell/flash';
import { Dialog } from '../../ui/dialog';
import { fromPairs, PairsEditor, toPairs } from '../../ui/pairs-editor';
import { RateFields } from '../../ui/rate-fields';
import { CertificateField } from './certificate-field';
import { patchRoot, settingsDraftOf, settingsOf, settingsPatches } from './method-settings';
import { ACCOUNT_LIMIT, SettingsFields } from './settings-fields';

interface StageDialogProps {
  api: string;
  stage: Stage;
  onDone: () => void;
  onClose: () => void;
}

const update = (api: string, stage: Stage, patches: Patch[]) =>
  patchCommand('update-stage', { 'rest-api-id': api, 'stage-name': stage.stageName }, patches);

/** `Edit stage`: what it is for, and how much it lets in. */
export function EditStage({ api, stage, onDone, onClose }: StageDialogProps) {
  const flash = useFlash();
  const [description, setDescription] = useState(stage.description ?? '');
  const [certificate, setCertificate] = useState(stage.clientCertificateId ?? '');
  const [draft, setDraft] = useState(() => settingsDraftOf(settingsOf(stage)));
  const patches: Patch[] = [
    ...(description === (stage.description ?? '')
      ? []
      : [{ op: 'replace' as const, path: '/description', value: description }]),
    ...certificatePatches(stage, certificate),
    ...settingsPatches(patchRoot(), settingsOf(stage) ?? {}, draft),
  ];
  const run = async () => {
    if (patches.length > 0) await stageUpdate(api, stage.stageName, patches);
    flash.success(`Saved stage '${stage.stageName}'.`);
  };
  return (
    <Dialog
      title="Edit stage"
      verb="Save changes"
      run={run}
      onDone={onDone}
      onClose={onClose}
      cli={update(api, stage, patches)}
    >
      <FormField label="Stage description – optional">
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
      <RateFields
        rate={draft.rate}
        burst={draft.burst}
        change={(part) => setDraft((old) => ({ ...old, ...part }))}
        empty={ACCOUNT_LIMIT}
      />
      <CertificateField value={certificate} onChange={setCertificate} />
    </Dialog>
  );
}

function certificatePatches({ clientCertificateId = '' }: Stage, chosen: string): Patch[] {
  if (chosen === clientCertificateId) return [];
  return [{ op: 'replace', path: '/clientCertificateId', value: chosen }];
}

const FORMATS: Array<[name: string, format: string]> = [
  [
    'JSON',
    '{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","requestTime":"$context.requestTime","httpMethod":"$context.httpMethod","resourcePath":"$context.resourcePath","status":"$context.status","protocol":"$context.protocol","responseLength":"$context.responseLength"}',
  ],
  [
    'CLF',
    '$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] "$context.httpMethod $context.resourcePath $context.protocol" $context.status $context.responseLength $context.requestId',
  ],
  [
    'CSV',
    '$context.identity.sourceIp,$context.identity.caller,$context.identity.user,$context.requestTime,$context.httpMethod,$context.resourcePath,$context.protocol,$context.status,$context.responseLength,$context.requestId',
  ],
];

/** `Edit logs and tracing`. */
export function EditLogs({ api, stage, onDone, onClose }: StageDialogProps) {
  const flash = useFlash();
  const [draft, setDraft] = useState(() => settingsDraftOf(settingsOf(stage)));
  const access = stage.accessLogSettings ?? {};
  const [destination, setDestination] = useState(access.destinationArn ?? '');
  const [format, setFormat] = useState(access.format ?? '');
  const patches = [
    ...settingsPatches(patchRoot(), settingsOf(stage) ?? {}, draft),
    ...accessPatches(access, destination, format),
  ];
  const run = async () => {
    if (patches.length > 0) await stageUpdate(api, stage.stageName, patches);
    flash.success('Saved logs and tracing.');
  };
  return (
    <Dialog
      title="Edit logs and tracing"
      verb="Save changes"
      size="large"
      run={run}
      onDone={onDone}
      onClose={onClose}
      cli={update(api, stage, patches)}
    >
      <SettingsFields
        draft={draft}
        change={(part) => setDraft((old) => ({ ...old, ...part }))}
      />
      <FormField
        stretch
        label="Access log destination ARN – optional"
        description="A log group. Each request writes one line of the format below."
      >
        <Input
          value={destination}
          placeholder="arn:aws:logs:us-east-1:111111111111:log-group:access"
          onChange={({ detail }) => setDestination(detail.value.trim())}
        />
      </FormField>
      {destination && (
        <SpaceBetween size="xs">
          <FormField stretch label="Log format">
            <Textarea
              className="mono"
              rows={4}
              value={format}
              onChange={({ detail }) => setFormat(detail.value)}
            />
          </FormField>
          <SpaceBetween direction="horizontal" size="xs">
            {FORMATS.map(([name, text]) => (
              <Button key={name} ariaLabel={`Insert ${name} format`} onClick={() => setFormat(text)}>
                {name}
              </Button>
            ))}
          </SpaceBetween>
        </SpaceBetween>
      )}
    </Dialog>
  );
}

function accessPatches(
  before: NonNullable<Stage['accessLogSettings']>,
  destination: string,
  format: string,
): Patch[] {
  if (!destination) {
    return before.destinationArn ? [{ op: 'remove', path: '/accessLogSettings' }] : [];
  }
  const patches: Patch[] = [];
  if (destination !== before.destinationArn) {
    patches.push({ op: 'replace', path: '/accessLogSettings/destinationArn', value: destination });
  }
  if (format !== (before.format ?? '')) {
    patches.push({ op: 'replace', path: '/accessLogSettings/format', value: format });
  }
  return patches;
}

export function EditVariables({ api, stage, onDone, onClose }: StageDialogProps) {
  const before = stage.variables ?? {};
  const [pairs, setPairs] = useState(() => toPairs(before));
  const after = fromPairs(pairs);
  const removed: Patch[] = Object.keys(before)
    .filter((name) => !(name in after))
    .map((name) => ({ op: 'remove', path: `/variables/${name}` }));
  const set: Patch[] = Object.entries(after)
    .filter(([name, value]) => before[name] !== value)
    .map(([name, value]) => ({ op: 'replace', path: `/variables/${name}`, value }));
  const patches = [...removed, ...set];
  const run = async () => {
    if (patches.length > 0) await stageUpdate(api, stage.stageName, patches);
  };
  return (
    <Dialog
      title="Stage variables"
      verb="Save"
      run={run}
      onDone={onDone}
      onClose={onClose}
      cli={update(api, stage, patches)}
    >
      <PairsEditor pairs={pairs} onChange={setPairs} noun="stage variable" />
    </Dialog>
  );
}
