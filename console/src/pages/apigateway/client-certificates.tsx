import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import type { Patch } from '../../api/apigateway';
import { command, patchCommand } from '../../api/cli';
import {
  certificateDelete,
  certificateGenerate,
  certificateList,
  certificateUpdate,
  type ClientCertificate,
} from '../../api/client-certificates';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { CopyButton } from '../../ui/copy';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import { ResourceTable } from '../../ui/resource-table';
import { when } from '../../ui/time';

/** `Client certificates`: by which an HTTPS backend knows the API that calls it. */
export default function ClientCertificates() {
  const certificates = useData('client-certificates', certificateList);
  const [edited, setEdited] = useState<{ certificate?: ClientCertificate | undefined }>();
  const [doomed, setDoomed] = useState<ClientCertificate>();
  return (
    <>
      <ResourceTable
        title="Client certificates"
        noun="client certificate"
        data={certificates}
        id={(one) => one.clientCertificateId}
        selects="single"
        description="A stage that names one shows it to HTTPS backends that ask. The private key never leaves the server."
        empty="With a certificate, a backend can let in your API’s stages and nobody else."
        cli={(one) =>
          command('apigateway', 'get-client-certificate', {
            'client-certificate-id': one.clientCertificateId,
          })
        }
        actions={([certificate]) => (
          <>
            <Button disabled={!certificate} onClick={() => setDoomed(certificate)}>
              Delete
            </Button>
            <Button disabled={!certificate} onClick={() => setEdited({ certificate })}>
              Edit
            </Button>
            <Button variant="primary" onClick={() => setEdited({})}>
              Generate certificate
            </Button>
          </>
        )}
        columns={[
          {
            id: 'id',
            header: 'ID',
            isRowHeader: true,
            cell: (one) => one.clientCertificateId,
          },
          { id: 'description', header: 'Description', cell: (one) => one.description || '–' },
          { id: 'created', header: 'Created', cell: (one) => when(one.createdDate) },
          { id: 'expires', header: 'Expires', cell: (one) => when(one.expirationDate) },
          {
            id: 'pem',
            header: 'PEM',
            cell: (one) => (
              <CopyButton
                text={one.pemEncodedCertificate}
                label={`Copy the certificate ${one.clientCertificateId}`}
                icon
              />
            ),
          },
        ]}
      />
      {edited && (
        <Describe
          certificate={edited.certificate}
          onDone={certificates.reload}
          onClose={() => setEdited(undefined)}
        />
      )}
      {doomed && (
        <DeleteDialog
          what={`client certificate ${doomed.clientCertificateId}`}
          cli={command('apigateway', 'delete-client-certificate', {
            'client-certificate-id': doomed.clientCertificateId,
          })}
          run={() => certificateDelete(doomed.clientCertificateId)}
          onDone={certificates.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  );
}

interface DescribeProps {
  /** None generates one. */
  certificate: ClientCertificate | undefined;
  onDone: () => void;
  onClose: () => void;
}

/** All that is its owner's to say of a certificate is what it is for. */
function Describe({ certificate, onDone, onClose }: DescribeProps) {
  const flash = useFlash();
  const [description, setDescription] = useState(certificate?.description ?? '');
  const patches: Patch[] = [{ op: 'replace', path: '/description', value: description }];
  const id = certificate?.clientCertificateId ?? '';
  const run = async () => {
    if (certificate) await certificateUpdate(id, patches);
    const made = certificate ?? (await certificateGenerate(description));
    flash.success(
      certificate
        ? `Saved client certificate ${id}.`
        : `Generated client certificate ${made.clientCertificateId}. Choose it on a stage.`,
    );
  };
  return (
    <Dialog
      title={certificate ? 'Edit client certificate' : 'Generate client certificate'}
      verb={certificate ? 'Save' : 'Generate'}
      run={run}
      onDone={onDone}
      onClose={onClose}
      cli={
        certificate
          ? patchCommand('update-client-certificate', { 'client-certificate-id': id }, patches)
          : command('apigateway', 'generate-client-certificate', { description })
      }
    >
      <FormField label="Description – optional">
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
    </Dialog>
  );
}
