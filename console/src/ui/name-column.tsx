import type { TableProps } from '@cloudscape-design/components/table';
import { PageLink } from './page-link';

/** The first column of a table: the name of what a row is about, leading to its page. */
export function nameColumn<T>(
  header: string,
  name: (row: T) => string,
  page: (row: T) => string,
): TableProps.ColumnDefinition<T> {
  return {
    id: 'name',
    header,
    isRowHeader: true,
    cell: (row) => <PageLink to={page(row)}>{name(row)}</PageLink>,
  };
}
