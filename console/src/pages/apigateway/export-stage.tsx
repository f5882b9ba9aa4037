import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { stageExport } from '../../api/apigateway';
import { command } from '../../api/cli';
import { AsCli } from '../../ui/as-cli';
import { CodeBlock } from '../../ui/code-block';
import { Dialog } from '../../ui/dialog';
import { download } from '../../ui/download';

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

/** `Export API`: shows the document, to copy or to save. */
export function ExportStage({ api, stage, onClose }: ExportStageProps) {
  const [type, setType] = useState('oas30');
  const [format, setFormat] = useState('json');
  const [extensions, setExtensions] = useState('apigateway');
  const [text, setText] = useState('');
  const run = async () => {
    const kind = extensions === '' ? undefined : extensions;
    setText(await stageExport(api, stage, type as 'oas30', format as 'json', kind));
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
        <>
          <Button
            iconName="download"
            onClick={() => download(`${api}-${stage}-${type}.${format}`, text)}
          >
            Download file
          </Button>
          <CodeBlock text={text} label="exported definition" tall />
        </>
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
