import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useData } from '../../data/useData';
import { describe } from '../../shell/flash';
import { Status } from '../../ui/status';
import { undeployed, type Change } from './definition';

const WORDS = { added: 'New', removed: 'Removed', changed: 'Changed' };
const TYPES = { added: 'success', removed: 'error', changed: 'warning' } as const;

/** What a deployment to a stage would change. */
export function DeployDiff({ api, stage }: { api: string; stage: string }) {
  const found = useData(`undeployed/${api}/${stage}`, () => undeployed(api, stage));
  if (found.error) {
    return (
      <Alert type="warning" header="The changes could not be compared">
        {describe(found.error)}
      </Alert>
    );
  }
  if (!found.value) return <Spinner />;
  if (found.value.length === 0) {
    return <Status type="info" text={`Stage ${stage} serves what is edited: nothing changed.`} />;
  }
  return (
    <SpaceBetween size="s">
      <Box variant="h3">{`Undeployed changes (${found.value.length})`}</Box>
      {found.value.map((one) => (
        <OneChange key={one.what} change={one} />
      ))}
    </SpaceBetween>
  );
}

function OneChange({ change }: { change: Change }) {
  const fields = change.kind === 'changed' ? change.fields : [];
  return (
    <div>
      <Status type={TYPES[change.kind]} text={`${WORDS[change.kind]}: ${change.what}`} />
      {fields.length > 0 && (
        <table className="diff">
          <thead>
            <tr>
              <th scope="col">Setting</th>
              <th scope="col">Deployed</th>
              <th scope="col">Edited</th>
            </tr>
          </thead>
          <tbody>
            {fields.map((field) => (
              <tr key={field.name}>
                <th scope="row">{field.name}</th>
                <td>
                  <pre tabIndex={0}>{field.before || '–'}</pre>
                </td>
                <td>
                  <pre tabIndex={0}>{field.after || '–'}</pre>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
