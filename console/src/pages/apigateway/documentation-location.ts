import type { DocumentationLocation } from '../../api/documentation';

type Member = 'path' | 'method' | 'statusCode' | 'name';

/** A type of documentation parts, in the console's words, and what says of which thing one is.
 *
 * Source: "DocumentationPartLocation", API Gateway REST API reference. */
interface LocationType {
  value: string;
  label: string;
  members: Member[];
}

export const TYPES: LocationType[] = [
  { value: 'API', label: 'API', members: [] },
  { value: 'RESOURCE', label: 'Resource', members: ['path'] },
  { value: 'METHOD', label: 'Method', members: ['path', 'method'] },
  { value: 'QUERY_PARAMETER', label: 'Query parameter', members: ['path', 'method', 'name'] },
  { value: 'PATH_PARAMETER', label: 'Path parameter', members: ['path', 'method', 'name'] },
  { value: 'REQUEST_HEADER', label: 'Request header', members: ['path', 'method', 'name'] },
  { value: 'REQUEST_BODY', label: 'Request body', members: ['path', 'method'] },
  { value: 'RESPONSE', label: 'Response (status code)', members: ['path', 'method', 'statusCode'] },
  {
    value: 'RESPONSE_HEADER',
    label: 'Response header',
    members: ['path', 'method', 'statusCode', 'name'],
  },
  { value: 'RESPONSE_BODY', label: 'Response body', members: ['path', 'method', 'statusCode'] },
  { value: 'MODEL', label: 'Model', members: ['name'] },
  { value: 'AUTHORIZER', label: 'Authorizer', members: ['name'] },
];

export const MEMBER_LABELS: Record<Member, string> = {
  path: 'Path',
  method: 'Method',
  statusCode: 'Status code',
  name: 'Name',
};

export const typeName = (type: string): string =>
  TYPES.find(({ value }) => value === type)?.label ?? type;

export const membersOf = (type: string): Member[] =>
  TYPES.find(({ value }) => value === type)?.members ?? [];

/** `GET /pets, status 200, X-Count`. */
export function locationText({ method, path, statusCode, name }: DocumentationLocation): string {
  const where = [method, path].filter(Boolean).join(' ');
  return [where, statusCode && `status ${statusCode}`, name].filter(Boolean).join(', ');
}
