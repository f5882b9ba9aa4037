import { all, of, part, type Patch } from './apigateway';
import { rest } from './client';

/** What a documentation part is about. Only some members go with a type. */
export interface DocumentationLocation {
  type: string;
  path?: string;
  method?: string;
  statusCode?: string;
  name?: string;
}

export interface DocumentationPart {
  id: string;
  location: DocumentationLocation;
  /** JSON text. */
  properties: string;
}

export interface DocumentationVersion {
  version: string;
  createdDate: number;
  description?: string;
}

const API = 'apigateway';
const parts = (api: string, rest = '') => of(api, `/documentation/parts${rest}`);
const versions = (api: string, rest = '') => of(api, `/documentation/versions${rest}`);

export const documentationPartList = (api: string) => all<DocumentationPart>(parts(api));
export const documentationPartCreate = (api: string, input: Omit<DocumentationPart, 'id'>) =>
  rest<DocumentationPart>(API, 'POST', parts(api), { body: input });
export const documentationPartUpdate = (api: string, id: string, patches: Patch[]) =>
  rest<DocumentationPart>(API, 'PATCH', parts(api, `/${part(id)}`), {
    body: { patchOperations: patches },
  });
export const documentationPartDelete = (api: string, id: string) =>
  rest(API, 'DELETE', parts(api, `/${part(id)}`));

export const documentationVersionList = (api: string) =>
  all<DocumentationVersion>(versions(api));
export const documentationVersionCreate = (api: string, input: Record<string, unknown>) =>
  rest<DocumentationVersion>(API, 'POST', versions(api), { body: input });
export const documentationVersionDelete = (api: string, version: string) =>
  rest(API, 'DELETE', versions(api, `/${part(version)}`));
