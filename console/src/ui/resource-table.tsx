import { useCollection } from '@cloudscape-design/collection-hooks';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import type { ReactNode } from 'react';
import type { Data } from '../data/useData';
import { CopyButton } from './copy';
import { Problem } from './problem';

interface ResourceTableProps<T> {
  title: string;
  /** One of them, for texts: `API`. */
  noun: string;
  data: Data<T[]>;
  columns: TableProps.ColumnDefinition<T>[];
  id: (item: T) => string;
  /** Buttons; they get what is selected. */
  actions?: (selected: T[]) => ReactNode;
  /** Shown when there is none. */
  empty?: ReactNode;
  selects?: 'single' | 'multi';
  level?: 'h1' | 'h2';
  variant?: TableProps.Variant;
  description?: string;
  /** The AWS CLI command that reads a row's resource; each row then has a button that copies it. */
  cli?: (item: T) => string;
}

/** A list of resources with search, counter, pages and refresh, as every list page has it. */
export function ResourceTable<T>(props: ResourceTableProps<T>) {
  const { title, noun, data, id, actions, empty, selects, cli } = props;
  const columns = cli ? [...props.columns, cliColumn(cli, id)] : props.columns;
  const all = data.value ?? [];
  const { items, collectionProps, filterProps, paginationProps, filteredItemsCount } =
    useCollection<T>(all, {
      filtering: {
        empty: <Empty noun={noun}>{empty}</Empty>,
        noMatch: <Box textAlign="center">No matches</Box>,
      },
      pagination: { pageSize: 20 },
      sorting: {},
      selection: { trackBy: id },
    });
  // What was selected before a refresh is shown, and handed on, as it is now.
  const chosen = new Set((collectionProps.selectedItems ?? []).map(id));
  const selected = all.filter((item) => chosen.has(id(item)));
  if (data.error) return <Problem error={data.error} retry={data.reload} />;
  return (
    <Table
      {...collectionProps}
      selectedItems={selected}
      items={items}
      columnDefinitions={columns}
      trackBy={id}
      wrapLines
      loading={data.isLoading}
      loadingText={`Loading ${title}`}
      variant={props.variant ?? 'container'}
      selectionType={selects}
      ariaLabels={{
        tableLabel: title,
        selectionGroupLabel: `Select ${noun}`,
        allItemsSelectionLabel: () => 'Select all',
        itemSelectionLabel: (_, item) => `Select ${id(item)}`,
      }}
      header={
        <Header
          variant={props.level ?? 'h1'}
          counter={data.value ? `(${all.length})` : undefined}
          description={props.description}
          actions={
            <div className="actions">
              <Button iconName="refresh" ariaLabel={`Refresh ${title}`} onClick={data.reload} />
              {actions?.(selected)}
            </div>
          }
        >
          {title}
        </Header>
      }
      filter={
        all.length > 5 ? (
          <TextFilter
            {...filterProps}
            filteringPlaceholder={`Find ${plural(noun)}`}
            filteringAriaLabel={`Find ${title}`}
            countText={`${filteredItemsCount ?? 0} matches`}
          />
        ) : undefined
      }
      pagination={all.length > 20 ? <Pagination {...paginationProps} /> : undefined}
    />
  );
}

/** `policies`, `aliases`, `APIs`. */
function plural(noun: string): string {
  if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`;
  return noun.endsWith('s') ? `${noun}es` : `${noun}s`;
}

function cliColumn<T>(
  cli: (item: T) => string,
  id: (item: T) => string,
): TableProps.ColumnDefinition<T> {
  return {
    id: 'cli',
    header: 'CLI',
    minWidth: 70,
    width: 70,
    cell: (item) => (
      <CopyButton text={cli(item)} label={`Copy AWS CLI command of ${id(item)}`} icon />
    ),
  };
}

function Empty({ noun, children }: { noun: string; children: ReactNode }) {
  return (
    <Box textAlign="center" margin={{ vertical: 'xs' }}>
      <SpaceBetween size="s">
        <b>No {plural(noun)}</b>
        {children}
      </SpaceBetween>
    </Box>
  );
}
