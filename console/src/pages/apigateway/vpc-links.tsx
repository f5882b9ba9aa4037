import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import type { Patch } from '../../api/apigateway';
import { command, patchCommand } from '../../api/cli';
import { here } from '../../api/place';
import { linkCreate, linkDelete, linkList, linkUpdate, type VpcLink } from '../../api/vpc-links';
import { useIdentity } from '../../data/identity';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { Breakable } from '../../ui/breakable';
import { DeleteDialog } from '../../ui/delete-dialog';
import { Dialog } from '../../ui/dialog';
import { ResourceTable } from '../../ui/resource-table';
import { Status } from '../../ui/status';

/** `VPC links`: load balancers that integrations reach, and whether they lead anywhere. */
export default function VpcLinks() {
  const links = useData('vpc-links', linkList);
  const [edited, setEdited] = useState<{ link?: VpcLink | undefined }>();
  const [doomed, setDoomed] = useState<VpcLink>();
  const create = () => setEdited({});
  return (
    <>
      <ResourceTable
        title="VPC links"
        noun="VPC link"
        data={links}
        id={(link) => link.id}
        selects="single"
        description="What stands behind a network load balancer, for integrations. Where its ARN leads, this server’s operator says."
        empty={<Button onClick={create}>Create VPC link</Button>}
        cli={(link) => command('apigateway', 'get-vpc-link', { 'vpc-link-id': link.id })}
        actions={([link]) => (
          <>
            <Button disabled={!link} onClick={() => setDoomed(link)}>
              Delete
            </Button>
            <Button disabled={!link} onClick={() => setEdited({ link })}>
              Edit
            </Button>
            <Button variant="primary" onClick={create}>
              Create VPC link
            </Button>
          </>
        )}
        columns={[
          { id: 'name', header: 'Name', cell: nameOf, isRowHeader: true },
          { id: 'id', header: 'ID', cell: (link) => link.id },
          {
            id: 'target',
            header: 'Target NLB',
            cell: (link) => <Breakable text={link.targetArns?.join(', ') ?? '–'} />,
          },
          { id: 'status', header: 'Status', cell: statusOf },
        ]}
      />
      {edited && (
        <EditLink
          link={edited.link}
          onDone={links.reload}
          onClose={() => setEdited(undefined)}
        />
      )}
      {doomed && (
        <DeleteDialog
          what={`VPC link ${doomed.name}`}
          word="confirm"
          cli={command('apigateway', 'delete-vpc-link', { 'vpc-link-id': doomed.id })}
          run={() => linkDelete(doomed.id)}
          onDone={links.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  );
}

function nameOf({ name, description }: VpcLink) {
  if (!description) return name;
  return (
    <>
      {name}
      <Box color="text-body-secondary">{description}</Box>
    </>
  );
}

function statusOf(link: VpcLink) {
  if (link.status === 'AVAILABLE') return <Status type="success" text="Available" />;
  const isOver = link.status === 'FAILED';
  return <Status type={isOver ? 'error' : 'loading'} text={link.statusMessage ?? link.status} />;
}

interface EditLinkProps {
  /** None creates one. */
  link: VpcLink | undefined;
  onDone: () => void;
  onClose: () => void;
}

function EditLink({ link, onDone, onClose }: EditLinkProps) {
  const who = useIdentity();
  const flash = useFlash();
  const [name, setName] = useState(link?.name ?? '');
  const [description, setDescription] = useState(link?.description ?? '');
  const [target, setTarget] = useState(link?.targetArns?.[0] ?? '');
  const patches: Patch[] = [
    { op: 'replace', path: '/name', value: name },
    { op: 'replace', path: '/description', value: description },
  ];
  const run = async () => {
    if (link) await linkUpdate(link.id, patches);
    else await linkCreate({ name, description, targetArns: [target] });
    flash.success(link ? `Saved VPC link '${name}'.` : `Successfully created VPC link '${name}'.`);
  };
  const create = command('apigateway', 'create-vpc-link', {
    name,
    description,
    'target-arns': [target],
  });
  return (
    <Dialog
      title={link ? `Edit VPC link ${link.name}` : 'Create VPC link'}
      verb={link ? 'Save changes' : 'Create'}
      isReady={name !== '' && target !== ''}
      run={run}
      onDone={onDone}
      onClose={onClose}
      cli={link ? patchCommand('update-vpc-link', { 'vpc-link-id': link.id }, patches) : create}
    >
      <FormField label="Name">
        <Input value={name} onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      <FormField label="Description – optional">
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
      <FormField
        stretch
        label="Target NLB"
        description="The ARN of a network load balancer of this account and Region. It cannot be changed."
      >
        <Input
          value={target}
          disabled={link !== undefined}
          placeholder={`arn:aws:elasticloadbalancing:${here().region}:${who.account}:loadbalancer/net/name/id`}
          onChange={({ detail }) => setTarget(detail.value.trim())}
        />
      </FormField>
    </Dialog>
  );
}
