import Tabs, { type TabsProps } from '@cloudscape-design/components/tabs';
import { useSearchParams } from 'react-router';

interface PageTabsProps {
  /** What the tabs are parts of, for screen readers. */
  label: string;
  tabs: TabsProps.Tab[];
}

/** Tabs of a page. The open one stands in the address, beside what else stands there. */
export function PageTabs({ label, tabs }: PageTabsProps) {
  const [search, setSearch] = useSearchParams();
  const open = (tab: string) =>
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        after.set('tab', tab);
        return after;
      },
      { replace: true },
    );
  return (
    <Tabs
      ariaLabel={label}
      activeTabId={search.get('tab') ?? tabs[0]?.id ?? ''}
      onChange={({ detail }) => open(detail.activeTabId)}
      tabs={tabs}
    />
  );
}
