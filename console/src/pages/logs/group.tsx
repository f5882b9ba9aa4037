import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useState } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { command } from '../../api/cli';
import { retentionPut, streamList } from '../../api/logs';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { Dialog } from '../../ui/dialog';
import { ResourceTable } from '../../ui/resource-table';
import { when } from '../../ui/time';
import Link from '@cloudscape-design/components/link';
import { Events } from './events';

const RETENTIONS = [0, 1, 3, 5, 7, 14, 30, 60, 90, 180, 365].map((days) => ({
  value: String(days),
  label: days === 0 ? 'Never expire' : `${days} day${days === 1 ? '' : 's'}`,
}));

/** A log group: its events, of all streams or of one, and its streams. */
export default function Group() {
  const { group = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const [isSetting, setSetting] = useState(false);
  const [days, setDays] = useState('0');
  const flash = useFlash();
  const streams = useData(`streams/${group}`, async () => (await streamList(group)).logStreams);
  const stream = search.get('stream') ?? undefined;
  const run = async () => {
    await retentionPut(group, Number(days) || undefined);
    flash.success('Saved the retention setting.');
  };
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        actions={<Button onClick={() => setSetting(true)}>Edit retention setting</Button>}
      >
        {group}
      </Header>
      <Tabs
        ariaLabel="Log group"
        activeTabId={search.get('tab') ?? 'events'}
        onChange={({ detail }) => setSearch({ tab: detail.activeTabId })}
        tabs={[
          {
            id: 'events',
            label: 'Log events',
            content: <Events key={stream} group={group} stream={stream} />,
          },
          {
            id: 'streams',
            label: 'Log streams',
            content: (
              <ResourceTable
                title="Log streams"
                noun="log stream"
                level="h2"
                data={streams}
                id={(one) => one.logStreamName}
                cli={(one) =>
                  command('logs', 'get-log-events', {
                    'log-group-name': group,
                    'log-stream-name': one.logStreamName,
                  })
                }
                columns={[
                  {
                    id: 'name',
                    header: 'Log stream',
                    isRowHeader: true,
                    cell: (one) => (
                      <Link
                        href={`?tab=events&stream=${encodeURIComponent(one.logStreamName)}`}
                        onFollow={(event) => {
                          event.preventDefault();
                          setSearch({ tab: 'events', stream: one.logStreamName });
                        }}
                      >
                        {one.logStreamName}
                      </Link>
                    ),
                  },
                  {
                    id: 'last',
                    header: 'Last event time',
                    cell: (one) => when(one.lastEventTimestamp),
                  },
                ]}
              />
            ),
          },
        ]}
      />
      {isSetting && (
        <Dialog
          title="Retention setting"
          verb="Save"
          run={run}
          onClose={() => setSetting(false)}
          cli={
            days === '0'
              ? command('logs', 'delete-retention-policy', { 'log-group-name': group })
              : command('logs', 'put-retention-policy', {
                  'log-group-name': group,
                  'retention-in-days': days,
                })
          }
        >
          <FormField label="Expire events after">
            <Select
              options={RETENTIONS}
              selectedOption={RETENTIONS.find((one) => one.value === days) ?? null}
              onChange={({ detail }) => setDays(detail.selectedOption.value ?? '0')}
            />
          </FormField>
        </Dialog>
      )}
    </SpaceBetween>
  );
}
