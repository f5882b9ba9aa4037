import { useParams } from 'react-router';
import { gatewayResponseList } from '../../api/apigateway';
import { useData } from '../../data/useData';
import { ResourceTable } from '../../ui/resource-table';

/** What the gateway answers by itself, and whether the API says it otherwise. */
export default function GatewayResponses() {
  const { api = '' } = useParams();
  const responses = useData(`gateway-responses/${api}`, () => gatewayResponseList(api));
  return (
    <ResourceTable
      title="Gateway responses"
      noun="gateway response"
      data={responses}
      id={(one) => one.responseType}
      columns={[
        {
          id: 'type',
          header: 'Response type',
          isRowHeader: true,
          cell: (one) => sentence(one.responseType),
          sortingField: 'responseType',
        },
        { id: 'status', header: 'Status code', cell: (one) => one.statusCode ?? '–' },
        {
          id: 'origin',
          header: 'Response',
          cell: (one) => (one.defaultResponse ? 'Default' : 'Custom'),
        },
        {
          id: 'template',
          header: 'Template of application/json',
          cell: (one) => one.responseTemplates?.['application/json'] ?? '–',
        },
      ]}
    />
  );
}

/** `MISSING_AUTHENTICATION_TOKEN` as the console says it: `Missing authentication token`. */
function sentence(type: string): string {
  const text = type.toLowerCase().replaceAll('_', ' ').replace(' 4xx', ' 4XX').replace(' 5xx', ' 5XX');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
