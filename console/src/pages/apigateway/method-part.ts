import type { Method, Resource } from '../../api/apigateway';

/** What every tab of a method is given. */
export interface MethodPart {
  api: string;
  resource: Resource;
  method: Method;
  onChanged: () => void;
}
