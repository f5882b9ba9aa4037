import Alert from '@cloudscape-design/components/alert';
import Badge from '@cloudscape-design/components/badge';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FileInput from '@cloudscape-design/components/file-input';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useState } from 'react';
import { codeDownload, codeUpdate, type FunctionDetail } from '../../api/lambda';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { lazily } from '../../ui/lazily';
import { Problem } from '../../ui/problem';
import { FileList } from './file-list';
import { base64, EDITABLE_BYTES_MAX, packed, unpacked, type Files } from './package';
import { RuntimeSettings } from './runtime-settings';

const Editor = lazily(async () => (await import('../../editor/editor')).default);
// Large as it is, it comes while the package is fetched.
Editor.begin();

interface CodeProps {
  detail: FunctionDetail;
  onChanged: () => void;
}

/** `Code source`, formerly the pane `Function code`. */
export default function Code({ detail, onChanged }: CodeProps) {
  const { Configuration: configuration, Code: code } = detail;
  const isSmall = configuration.CodeSize < EDITABLE_BYTES_MAX;
  const key = `code/${configuration.FunctionArn}/${configuration.RevisionId ?? ''}`;
  const files = useData<Files>(key, async () => {
    if (!isSmall || !code.Location) return {};
    return unpacked(await codeDownload(code.Location));
  });
  return (
    <SpaceBetween size="l">
      {files.error && <Problem error={files.error} retry={files.reload} />}
      {!files.value && !files.error && <Spinner />}
      {files.value && (
        <Source key={key} detail={detail} saved={files.value} onChanged={onChanged} />
      )}
      <RuntimeSettings configuration={configuration} onChanged={onChanged} />
    </SpaceBetween>
  );
}

function Source({ detail, saved, onChanged }: CodeProps & { saved: Files }) {
  const flash = useFlash();
  const name = detail.Configuration.FunctionName;
  const [files, setFiles] = useState(saved);
  const [open, setOpen] = useState(() => Object.keys(saved).sort()[0] ?? '');
  const [isBusy, setBusy] = useState(false);
  const isChanged = JSON.stringify(files) !== JSON.stringify(saved);
  const content = files[open];
  const deploy = (zip: string) => {
    setBusy(true);
    codeUpdate(name, zip)
      .then(() => {
        flash.success(`Successfully updated the function ${name}.`);
        onChanged();
      }, flash.failure)
      .finally(() => setBusy(false));
  };
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Function code"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {isChanged && <Badge color="blue">Changes not deployed</Badge>}
              <FileInput
                value={[]}
                accept=".zip"
                onChange={({ detail: { value } }) => {
                  void value[0]?.arrayBuffer().then((zip) => deploy(base64(new Uint8Array(zip))));
                }}
              >
                Upload .zip file
              </FileInput>
              <Button
                variant="primary"
                loading={isBusy}
                disabled={!isChanged}
                onClick={() => deploy(packed(files))}
              >
                Deploy
              </Button>
            </SpaceBetween>
          }
        >
          Code source
        </Header>
      }
    >
      {Object.keys(files).length === 0 ? (
        <Alert type="info">
          This package is too large for the editor. Upload a new one, or use the AWS CLI.
        </Alert>
      ) : (
        <div className="files tree">
          <FileList saved={saved} files={files} open={open} choose={setOpen} change={setFiles} />
          {typeof content === 'string' ? (
            <Editor
              key={open}
              file={open}
              value={content}
              onChange={(value) => setFiles((all) => ({ ...all, [open]: value }))}
            />
          ) : (
            <Alert type="info">{open ? `${open} is no text.` : 'No file is open.'}</Alert>
          )}
        </div>
      )}
    </Container>
  );
}
