import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useEffect, useState } from 'react';
import { useLocation, useNavigate, useParams, useSearchParams } from 'react-router';
import { apiDelete, apiGet, resourceList, stageList, type Resource } from '../../api/apigateway';
import { command } from '../../api/cli';
import { useData } from '../../data/useData';
import { DeleteDialog } from '../../ui/delete-dialog';
import { lazily } from '../../ui/lazily';
import { Problem } from '../../ui/problem';
import { Status } from '../../ui/status';
import { ResourceView } from './resource-view';

// Half of this page's bytes: only for those who choose a method.
const MethodView = lazily(async () => (await import('./method-view')).default);
if (new URLSearchParams(window.location.search).has('method')) MethodView.begin();
// Forms are only for those who open them.
const CreateResource = lazily(async () => (await import('./create-resource')).default, null);
const DeployApi = lazily(async () => (await import('./deploy-api')).default, null);

/** Resources and methods of an API; what is chosen stands in the address. */
export default function Resources() {
  const { api = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const navigate = useNavigate();
  const [isDeploying, setDeploying] = useState(false);
  const { key } = useLocation();
  const isToDeploy = search.get('do') === 'deploy';
  useEffect(() => {
    // By the palette, again and again, also from this page.
    if (isToDeploy) setDeploying(true);
  }, [key, isToDeploy]);
  const [isCreating, setCreating] = useState(false);
  const [isDeleting, setDeleting] = useState(false);
  const found = useData(`api/${api}`, () => apiGet(api));
  const resources = useData(`resources/${api}`, () => resourceList(api));
  const all = resources.value ?? [];
  const changed = useUndeployed(api, resources.value);
  const chosen = all.find((one) => one.id === search.get('resource')) ?? all[0];
  const verb = search.get('method');
  const choose = (resource: string, method?: string) =>
    setSearch(method ? { resource, method } : { resource });
  const error = found.error ?? resources.error;
  if (error) return <Problem error={error} retry={resources.reload} />;
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={found.value?.description}
        actions={
          <SpaceBetween direction="horizontal" size="xs" alignItems="center">
            <ButtonDropdown
              items={[{ id: 'delete', text: 'Delete API' }]}
              onItemClick={() => setDeleting(true)}
            >
              API actions
            </ButtonDropdown>
            {changed && changed.size > 0 && (
              <Status
                type="warning"
                text={`${changed.size} undeployed change${changed.size === 1 ? '' : 's'}`}
              />
            )}
            <Button variant="primary" onClick={() => setDeploying(true)}>
              Deploy API
            </Button>
          </SpaceBetween>
        }
      >
        {found.value ? `${found.value.name} (${api})` : api}
      </Header>
      <div className="tree">
        <Container
          header={
            <Header
              variant="h2"
              actions={<Button onClick={() => setCreating(true)}>Create resource</Button>}
            >
              Resources
            </Header>
          }
        >
          {resources.isLoading ? (
            <Spinner />
          ) : (
            <nav aria-label="Resources">
              <Tree all={all} chosen={chosen?.id} verb={verb} choose={choose} changed={changed} />
            </nav>
          )}
        </Container>
        <div>
          {chosen && verb && chosen.resourceMethods?.[verb] && (
            <MethodView
              key={`${chosen.id}/${verb}`}
              api={api}
              resource={chosen}
              verb={verb}
              onGone={() => {
                resources.reload();
                choose(chosen.id);
              }}
              onChanged={resources.reload}
            />
          )}
          {chosen && !(verb && chosen.resourceMethods?.[verb]) && (
            <ResourceView api={api} resource={chosen} choose={choose} onChanged={resources.reload} />
          )}
        </div>
      </div>
      {isDeploying && (
        <DeployApi
          api={api}
          onClose={() => {
            setDeploying(false);
            resources.reload();
          }}
        />
      )}
      {isCreating && chosen && (
        <CreateResource
          api={api}
          all={all}
          parent={chosen}
          onDone={(made) => {
            resources.reload();
            choose(made.id);
          }}
          onClose={() => setCreating(false)}
        />
      )}
      {isDeleting && (
        <DeleteDialog
          what={`API ${found.value?.name ?? api}`}
          word="confirm"
          cli={command('apigateway', 'delete-rest-api', { 'rest-api-id': api })}
          run={() => apiDelete(api)}
          onDone={() => void navigate('/apigateway')}
          onClose={() => setDeleting(false)}
        />
      )}
    </SpaceBetween>
  );
}

/** What the stage that was updated last does not serve yet: `GET /pets` and the like. Compared after
 * the page is there, since nobody waits for it. */
function useUndeployed(api: string, resources: Resource[] | undefined): Set<string> | undefined {
  const [found, setFound] = useState<Set<string>>();
  useEffect(() => {
    if (!resources) return;
    let isCurrent = true;
    const compare = async () => {
      const stages = await stageList(api);
      const [last] = stages.sort((a, b) => b.lastUpdatedDate - a.lastUpdatedDate);
      if (!last) return;
      const { undeployed } = await import('./definition');
      const changes = await undeployed(api, last.stageName);
      if (isCurrent) setFound(new Set(changes.map((one) => one.what)));
    };
    // Who may not read stages sees no marks.
    compare().catch(() => {});
    return () => {
      isCurrent = false;
    };
  }, [api, resources]);
  return found;
}

interface TreeProps {
  changed: Set<string> | undefined;
  all: Resource[];
  chosen: string | undefined;
  verb: string | null;
  choose: (resource: string, method?: string) => void;
}

function Tree({ all, chosen, verb, choose, changed }: TreeProps) {
  const branch = (parent: string | undefined) => (
    <ul>
      {all
        .filter((one) => one.parentId === parent)
        .map((one) => (
          <li key={one.id}>
            <button
              type="button"
              aria-current={chosen === one.id && !verb}
              onClick={() => choose(one.id)}
            >
              {one.parentId ? `/${one.pathPart ?? ''}` : '/'}
            </button>
            <ul>
              {Object.keys(one.resourceMethods ?? {})
                .sort()
                .map((method) => (
                  <li key={method}>
                    <button
                      type="button"
                      aria-current={chosen === one.id && verb === method}
                      onClick={() => choose(one.id, method)}
                    >
                      <span className={`verb verb-${method}`}>{method}</span>
                      {changed?.has(`${method} ${one.path}`) && (
                        <span className="undeployed" role="img" aria-label="not deployed" />
                      )}
                    </button>
                  </li>
                ))}
            </ul>
            {branch(one.id)}
          </li>
        ))}
    </ul>
  );
  return branch(undefined);
}
