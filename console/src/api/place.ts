/** A session of this browser and a region: where calls go. */
export interface Place {
  session: number;
  region: string;
}

const REGION_KEY = 'crossway-region';

/** Regions that are offered; the server answers in every one. */
export const REGIONS: ReadonlyArray<{ id: string; name: string }> = [
  { id: 'us-east-1', name: 'US East (N. Virginia)' },
  { id: 'us-east-2', name: 'US East (Ohio)' },
  { id: 'us-west-2', name: 'US West (Oregon)' },
  { id: 'eu-central-1', name: 'Europe (Frankfurt)' },
  { id: 'eu-west-1', name: 'Europe (Ireland)' },
  { id: 'ap-northeast-1', name: 'Asia Pacific (Tokyo)' },
  { id: 'ap-southeast-2', name: 'Asia Pacific (Sydney)' },
];

const match = /^\/console\/s\/(\d+)(?:\/|$)/.exec(window.location.pathname);

/** The session of this tab; none on the sign-in page. */
export const session: number | undefined = match ? Number(match[1]) : undefined;

/** Where this tab is. The region may come by a link, as `?region=`. */
export function here(): Place {
  return { session: session ?? 0, region };
}

const wanted = new URLSearchParams(window.location.search).get('region');
const region = wanted ?? sessionStorage.getItem(REGION_KEY) ?? 'us-east-1';
sessionStorage.setItem(REGION_KEY, region);

/** Moves this tab to another region. */
export function changeRegion(id: string): void {
  sessionStorage.setItem(REGION_KEY, id);
  // Resources of one region do not exist in another: start over at the service's first page.
  const service = window.location.pathname.split('/')[4] ?? '';
  window.location.assign(`/console/s/${session ?? 0}/${service}`);
}
