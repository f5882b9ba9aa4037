import { all, part, type Patch } from './apigateway';
import { rest } from './client';

export interface ClientCertificate {
  clientCertificateId: string;
  description?: string;
  pemEncodedCertificate: string;
  createdDate: number;
  expirationDate: number;
}

const API = 'apigateway';
const ROOT = '/clientcertificates';

export const certificateList = () => all<ClientCertificate>(ROOT);
export const certificateGenerate = (description: string) =>
  rest<ClientCertificate>(API, 'POST', ROOT, { body: description ? { description } : {} });
export const certificateUpdate = (id: string, patches: Patch[]) =>
  rest<ClientCertificate>(API, 'PATCH', `${ROOT}/${part(id)}`, {
    body: { patchOperations: patches },
  });
export const certificateDelete = (id: string) => rest(API, 'DELETE', `${ROOT}/${part(id)}`);
