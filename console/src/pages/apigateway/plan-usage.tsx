import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { command } from '../../api/cli';
import { planKeyList, usageExtend, usageGet, type UsagePlan } from '../../api/plans';
import { useData } from '../../data/useData';
import { useFlash } from '../../shell/flash';
import { Dialog } from '../../ui/dialog';
import { lazily } from '../../ui/lazily';
import { Problem } from '../../ui/problem';
import { ResourceTable } from '../../ui/resource-table';

const Chart = lazily(async () => (await import('../../chart/chart')).default);

const DAYS = 30;
const DAY_MS = 86_400_000;
const dateOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

interface KeyUsage {
  id: string;
  name: string;
  used: number;
  remaining: number | undefined;
  days: Array<[used: number, remaining: number]>;
}

/** What each key of a plan used in the last month, day by day. */
export function PlanUsage({ plan }: { plan: UsagePlan }) {
  const [end] = useState(() => Date.now());
  const start = end - (DAYS - 1) * DAY_MS;
  const [extended, setExtended] = useState<KeyUsage>();
  const data = useData(`usage/${plan.id}`, async (): Promise<KeyUsage[]> => {
    const [usage, keys] = await Promise.all([
      usageGet(plan.id, dateOf(start), dateOf(end)),
      planKeyList(plan.id),
    ]);
    return keys.map(({ id, name }) => {
      const days = usage[id] ?? [];
      const used = days.reduce((sum, [one]) => sum + one, 0);
      return { id, name: name ?? id, used, remaining: days[days.length - 1]?.[1], days };
    });
  });
  if (data.error) return <Problem error={data.error} retry={data.reload} />;
  const series = (data.value ?? []).map((key) => ({
    title: key.name,
    points: key.days.map(([used], at) => ({
      x: new Date(end - (key.days.length - 1 - at) * DAY_MS),
      y: used,
    })),
  }));
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">{`Requests of the last ${DAYS} days`}</Header>}>
        <Chart title="Requests" series={series} isDaily />
      </Container>
      <ResourceTable
        title="Usage by API key"
        noun="API key"
        level="h2"
        data={data}
        id={(key) => key.id}
        selects="single"
        actions={([key]) => (
          <Button disabled={!key || !plan.quota} onClick={() => setExtended(key)}>
            Extend usage
          </Button>
        )}
        cli={(key) =>
          command('apigateway', 'get-usage', {
            'usage-plan-id': plan.id,
            'key-id': key.id,
            'start-date': dateOf(start),
            'end-date': dateOf(end),
          })
        }
        columns={[
          { id: 'name', header: 'API key', cell: (key) => key.name, isRowHeader: true },
          { id: 'used', header: 'Used', cell: (key) => key.used.toLocaleString('en-GB') },
          {
            id: 'remaining',
            header: 'Remaining in this period',
            cell: (key) =>
              plan.quota ? (key.remaining ?? plan.quota.limit).toLocaleString('en-GB') : 'No quota',
          },
        ]}
      />
      {extended && (
        <Extend
          plan={plan}
          usage={extended}
          onDone={data.reload}
          onClose={() => setExtended(undefined)}
        />
      )}
    </SpaceBetween>
  );
}

interface ExtendProps {
  plan: UsagePlan;
  usage: KeyUsage;
  onDone: () => void;
  onClose: () => void;
}

function Extend({ plan, usage, onDone, onClose }: ExtendProps) {
  const flash = useFlash();
  const [remaining, setRemaining] = useState(String(usage.remaining ?? plan.quota?.limit ?? 0));
  const run = async () => {
    await usageExtend(plan.id, usage.id, Number(remaining));
    flash.success(`API key '${usage.name}' may send ${remaining} requests more in this period.`);
  };
  return (
    <Dialog
      title={`Extend usage of ${usage.name}`}
      verb="Save"
      isReady={/^\d+$/.test(remaining)}
      run={run}
      onDone={onDone}
      onClose={onClose}
      cli={command('apigateway', 'update-usage', {
        'usage-plan-id': plan.id,
        'key-id': usage.id,
        'patch-operations': JSON.stringify([
          { op: 'replace', path: '/remaining', value: remaining },
        ]),
      })}
    >
      <FormField label="Remaining requests in this period">
        <Input
          type="number"
          value={remaining}
          onChange={({ detail }) => setRemaining(detail.value)}
        />
      </FormField>
    </Dialog>
  );
}
