import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { stageUpdate, type Patch, type Stage } from '../../api/apigateway';
import { patchCommand } from '../../api/cli';
import { useFlash } from '../../shell/flash';
import { Copyable } from '../../ui/copy';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import { invokeUrl } from './invoke-url';
import {
  levelName,
  patchRoot,
  settingsDraftOf,
  settingsKey,
  settingsOf,
  settingsPatches,
} from './method-settings';
import { SettingsFields } from './settings-fields';

interface StageMethodProps {
  api: string;
  stage: Stage;
  path: string;
  verb: string;
  onChanged: () => void;
}

/** One method of a stage: its URL, and what it has of its own instead of the stage's settings. */
export function StageMethod(props: StageMethodProps) {
  const { api, stage, path, verb, onChanged } = props;
  const [dialog, setDialog] = useState('');
  const own = settingsOf(stage, settingsKey(path, verb));
  const shown = own ?? settingsOf(stage);
  const removal: Patch[] = [{ op: 'remove', path: patchRoot(path, verb) }];
  const throttle = shown?.throttlingRateLimit;
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">{`${path} - ${verb}`}</Header>}>
        <KeyValuePairs
          columns={1}
          items={[
            {
              label: 'Invoke URL',
              value: (
                <Copyable
                  text={invokeUrl(api, stage.stageName) + (path === '/' ? '/' : path)}
                  label="invoke URL"
                />
              ),
            },
          ]}
        />
      </Container>
      <Container
        header={
          <Header
            variant="h2"
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button disabled={!own} onClick={() => setDialog('remove')}>
                  Remove overrides
                </Button>
                <Button onClick={() => setDialog('edit')}>Edit</Button>
              </SpaceBetween>
            }
          >
            Method overrides
          </Header>
        }
      >
        <SpaceBetween size="m">
          <Box color="text-body-secondary">
            {own ? 'This method has settings of its own.' : 'Inherited from the stage.'}
          </Box>
          <KeyValuePairs
            columns={4}
            items={[
              { label: 'CloudWatch Logs', value: levelName(shown?.loggingLevel) },
              { label: 'Data tracing', value: shown?.dataTraceEnabled ? 'Active' : 'Inactive' },
              { label: 'Detailed metrics', value: shown?.metricsEnabled ? 'Active' : 'Inactive' },
              {
                label: 'Throttling',
                value:
                  throttle === undefined || throttle < 0
                    ? 'Account limits'
                    : `${throttle}/s, burst ${shown?.throttlingBurstLimit ?? '–'}`,
              },
            ]}
          />
        </SpaceBetween>
      </Container>
      {dialog === 'edit' && <EditOverrides {...props} onClose={() => setDialog('')} />}
      {dialog === 'remove' && (
        <DeleteDialog
          what={`overrides of ${verb} ${path}`}
          cli={patchCommand(
            'update-stage',
            { 'rest-api-id': api, 'stage-name': stage.stageName },
            removal,
          )}
          run={() => stageUpdate(api, stage.stageName, removal)}
          onDone={onChanged}
          onClose={() => setDialog('')}
        />
      )}
    </SpaceBetween>
  );
}

function EditOverrides(props: StageMethodProps & { onClose: () => void }) {
  const { api, stage, path, verb, onChanged, onClose } = props;
  const flash = useFlash();
  const own = settingsOf(stage, settingsKey(path, verb));
  const [draft, setDraft] = useState(() => settingsDraftOf(own ?? settingsOf(stage)));
  const patches = settingsPatches(patchRoot(path, verb), own, draft);
  const run = async () => {
    if (patches.length > 0) await stageUpdate(api, stage.stageName, patches);
    flash.success(`Saved the overrides of ${verb} ${path}.`);
  };
  return (
    <Dialog
      title={`Override for ${verb} ${path}`}
      verb="Save changes"
      run={run}
      onDone={onChanged}
      onClose={onClose}
      cli={patchCommand(
        'update-stage',
        { 'rest-api-id': api, 'stage-name': stage.stageName },
        patches,
      )}
    >
      <SettingsFields
        draft={draft}
        change={(part) => setDraft((old) => ({ ...old, ...part }))}
        hasThrottling
      />
    </Dialog>
  );
}
