import { rest } from './client';

export interface LayerVersion {
  LayerVersionArn: string;
  Version: number;
  Description?: string;
  CreatedDate?: string;
  CompatibleRuntimes?: string[];
  CompatibleArchitectures?: string[];
  LicenseInfo?: string;
}

export interface Layer {
  LayerName: string;
  LayerArn: string;
  LatestMatchingVersion: LayerVersion;
}

const ROOT = '/2018-10-31/layers';
const versions = (name: string, rest = '') => `${ROOT}/${encodeURIComponent(name)}/versions${rest}`;

export async function layerList(): Promise<Layer[]> {
  const all: Layer[] = [];
  let marker: string | undefined;
  do {
    const page: { Layers?: Layer[]; NextMarker?: string | null } = await rest(
      'lambda',
      'GET',
      ROOT,
      { query: { Marker: marker } },
    );
    all.push(...(page.Layers ?? []));
    marker = page.NextMarker ?? undefined;
  } while (marker);
  return all;
}

export const layerPublish = (name: string, input: Record<string, unknown>) =>
  rest<LayerVersion>('lambda', 'POST', versions(name), { body: input });
export const layerDelete = (name: string, version: number) =>
  rest('lambda', 'DELETE', versions(name, `/${version}`));
