import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { functionDelete, functionList, type FunctionConfiguration } from '../../api/lambda';
import { command } from '../../api/cli';
import { useData } from '../../data/useData';
import { DeleteDialog } from '../../ui/delete-dialog';
import { PageLink } from '../../ui/page-link';
import { ResourceTable } from '../../ui/resource-table';
import { when } from '../../ui/time';
import { runtimeName } from './runtimes';

/** The functions of the account and region. */
export default function Functions() {
  const functions = useData('functions', () => functionList());
  const navigate = useNavigate();
  const [doomed, setDoomed] = useState<FunctionConfiguration>();
  const toForm = () => void navigate('/lambda/create');
  return (
    <>
      <ResourceTable
        title="Functions"
        noun="function"
        data={functions}
        id={(one) => one.FunctionName}
        selects="single"
        cli={(one) => command('lambda', 'get-function', { 'function-name': one.FunctionName })}
        empty={<Button onClick={toForm}>Create function</Button>}
        actions={([one]) => (
          <>
            <Button disabled={!one} onClick={() => setDoomed(one)}>
              Delete
            </Button>
            <Button variant="primary" onClick={toForm}>
              Create function
            </Button>
          </>
        )}
        columns={[
          {
            id: 'name',
            header: 'Function name',
            isRowHeader: true,
            cell: (one) => (
              <PageLink to={`/lambda/functions/${one.FunctionName}`}>{one.FunctionName}</PageLink>
            ),
            sortingField: 'FunctionName',
          },
          { id: 'text', header: 'Description', cell: (one) => one.Description || '–' },
          { id: 'package', header: 'Package type', cell: (one) => one.PackageType ?? 'Zip' },
          { id: 'runtime', header: 'Runtime', cell: (one) => runtimeName(one.Runtime) },
          { id: 'date', header: 'Last modified', cell: (one) => when(one.LastModified) },
        ]}
      />
      {doomed && (
        <DeleteDialog
          what={`function ${doomed.FunctionName}`}
          word="delete"
          cli={command('lambda', 'delete-function', { 'function-name': doomed.FunctionName })}
          run={() => functionDelete(doomed.FunctionName)}
          onDone={functions.reload}
          onClose={() => setDoomed(undefined)}
        />
      )}
    </>
  );
}
