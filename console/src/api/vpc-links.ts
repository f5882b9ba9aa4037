import { all, part, type Patch } from './apigateway';
import { rest } from './client';

export interface VpcLink {
  id: string;
  name: string;
  description?: string;
  targetArns?: string[];
  status: string;
  statusMessage?: string;
}

const API = 'apigateway';
const at = (id: string) => `/vpclinks/${part(id)}`;

export const linkList = () => all<VpcLink>('/vpclinks');
export const linkCreate = (input: { name: string; description?: string; targetArns: string[] }) =>
  rest<VpcLink>(API, 'POST', '/vpclinks', { body: input });
export const linkUpdate = (id: string, patches: Patch[]) =>
  rest<VpcLink>(API, 'PATCH', at(id), { body: { patchOperations: patches } });
export const linkDelete = (id: string) => rest(API, 'DELETE', at(id));
