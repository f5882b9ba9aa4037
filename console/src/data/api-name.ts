import { apiGet } from '../api/apigateway';
import { useData } from './useData';

/** The name of the API that a path is about; its id where the name may not be read. */
export function useApiName(path: string): { id: string; name: string } | undefined {
  const id = /^\/apigateway\/apis\/([^/]+)/.exec(path)?.[1];
  const found = useData(`api-name/${id ?? ''}`, async () => (id ? (await apiGet(id)).name : ''));
  return id ? { id, name: found.value || id } : undefined;
}
