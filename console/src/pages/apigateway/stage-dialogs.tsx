import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import Toggle from '@cloudscape-design/components/toggle';
import { useState } from 'react';
import { stageExport, stageUpdate, type Patch, type Stage } from '../../api/apigateway';
import { command } from '../../api/cli';
import { useFlash } from '../../shell/flash';
import { AsCli } from '../../ui/as-cli';
import { CodeBlock } from '../../ui/code-block';
import { Dialog } from '../../ui/dialog';
import { fromPairs, PairsEditor, toPairs } from '../../ui/pairs-editor';

interface StageDialogProps {
  api: string;
  stage: Stage;
  onDone: () => void;
  onClose: () => void;
}

const LEVELS = [
  { value: 'OFF', label: 'Off' },
  { value: 'ERROR', label: 'Errors only' },
  { value: 'INFO', label: 'Errors and info logs' },
];

export function EditLogs({ api, stage, onDone, onClose }: StageDialogProps) {
  const flash = useFlash();
  const settings = stage.methodSettings?.['*/*'] ?? {};
  const [level, setLevel] = useState(String(settings['loggingLevel'] ?? 'OFF'));
  const [hasData, setHasData] = useState(Boolean(settings['dataTraceEnabled']));
  const run = async () => {
    await stageUpdate(api, stage.stageName, [
      { op: 'replace', path: '/*/*/logging/loglevel', value: level },
      { op: 'replace', path: '/*/*/logging/dataTrace', value: String(hasData) },
    ]);
    flash.success('Saved logs and tracing.');
  };
  return (
    <Dialog
      title="Edit logs and tracing"
      verb="Save changes"
      run={run}
      onDone={onDone}
      onClose={onClose}
    >
      <FormField label="CloudWatch Logs">
        <Select
          options={LEVELS}
          selectedOption={LEVELS.find((one) => one.value === level) ?? null}
          onChange={({ detail }) => setLevel(detail.selectedOption.value ?? 'OFF')}
        />
      </FormField>
      <Toggle
        checked={hasData}
        description="Writes whole requests and responses into the log."
        onChange={({ detail }) => setHasData(detail.checked)}
      >
        Data tracing
      </Toggle>
    </Dialog>
  );
}

export function EditVariables({ api, stage, onDone, onClose }: StageDialogProps) {
  const before = stage.variables ?? {};
  const [pairs, setPairs] = useState(() => toPairs(before));
  const run = async () => {
    const after = fromPairs(pairs);
    const removed: Patch[] = Object.keys(before)
      .filter((name) => !(name in after))
      .map((name) => ({ op: 'remove', path: `/variables/${name}` }));
    const set: Patch[] = Object.entries(after)
      .filter(([name, value]) => before[name] !== value)
      .map(([name, value]) => ({ op: 'replace', path: `/variables/${name}`, value }));
    const patches = [...removed, ...set];
    if (patches.length > 0) await stageUpdate(api, stage.stageName, patches);
  };
  return (
    <Dialog title="Stage variables" verb="Save" run={run} onDone={onDone} onClose={onClose}>
      <PairsEditor pairs={pairs} onChange={setPairs} noun="stage variable" />
    </Dialog>
  );
}

const TYPES = [
  { value: 'oas30', label: 'OpenAPI 3' },
  { value: 'swagger', label: 'OpenAPI 2' },
];
const FORMATS = [
  { value: 'json', label: 'JSON' },
  { value: 'yaml', label: 'YAML' },
];
const EXTENSIONS = [
  { value: '', label: 'None' },
  { value: 'apigateway', label: 'API Gateway' },
];

interface ExportStageProps {
  api: string;
  stage: string;
  onClose: () => void;
}

/** Shows the document; it is saved by copying, since a page may not write files unasked. */
export function ExportStage({ api, stage, onClose }: ExportStageProps) {
  const [type, setType] = useState('oas30');
  const [format, setFormat] = useState('json');
  const [extensions, setExtensions] = useState('apigateway');
  const [text, setText] = useState('');
  const run = async () => {
    setText(
      await stageExport(
        api,
        stage,
        type as 'oas30',
        format as 'json',
        extensions === '' ? undefined : extensions,
      ),
    );
  };
  const select = (
    options: typeof TYPES,
    value: string,
    set: (value: string) => void,
    label: string,
  ) => (
    <FormField label={label}>
      <Select
        options={options}
        selectedOption={options.find((one) => one.value === value) ?? null}
        onChange={({ detail }) => set(detail.selectedOption.value ?? '')}
      />
    </FormField>
  );
  return (
    <Dialog
      title={`Export ${stage}`}
      verb={text ? 'Close' : 'Export API'}
      size="large"
      run={text ? () => Promise.resolve() : run}
      staysOpen={!text}
      onClose={onClose}
    >
      {text ? (
        <CodeBlock text={text} label="exported definition" tall />
      ) : (
        <>
          {select(TYPES, type, setType, 'API specification type')}
          {select(FORMATS, format, setFormat, 'Format')}
          {select(EXTENSIONS, extensions, setExtensions, 'Extensions')}
          <AsCli
            text={`${command('apigateway', 'get-export', {
              'rest-api-id': api,
              'stage-name': stage,
              'export-type': type,
              accepts: `application/${format}`,
              parameters: extensions ? `extensions=${extensions}` : undefined,
            })} openapi.${format}`}
          />
        </>
      )}
    </Dialog>
  );
}
