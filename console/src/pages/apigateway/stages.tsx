import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { deploymentMethods, stageList, type Stage } from '../../api/apigateway';
import { useData } from '../../data/useData';
import { lazily } from '../../ui/lazily';
import { Opening } from '../../ui/opening';
import { StageMethod } from './stage-method';
import { StageView } from './stage-view';

// Forms are only for those who open them.
const CreateStage = lazily(async () => (await import('./create-stage')).default, null);
const DeployApi = lazily(async () => (await import('./deploy-api')).default, null);

/** The stages of an API, each with the methods that it serves. What is chosen stands in the
 * address. */
export default function Stages() {
  const { api = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const stages = useData(`stages/${api}`, () => stageList(api));
  const [dialog, setDialog] = useState('');
  const all = stages.value ?? [];
  const stage = all.find((one) => one.stageName === search.get('stage')) ?? all[0];
  const [path, verb] = [search.get('path'), search.get('method')];
  if (!stages.value) return <Opening data={stages} />;
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={() => setDialog('create')}>Create stage</Button>
            <Button variant="primary" onClick={() => setDialog('deploy')}>
              Deploy API
            </Button>
          </SpaceBetween>
        }
      >
        Stages
      </Header>
      {stage ? (
        <div className="tree">
          <Container header={<Header variant="h2">Stages</Header>}>
            <nav aria-label="Stages">
              <ul>
                {all.map((one) => (
                  <li key={one.stageName}>
                    <button
                      type="button"
                      aria-current={one === stage && !path}
                      onClick={() => setSearch({ stage: one.stageName })}
                    >
                      {one.stageName}
                    </button>
                    {one === stage && (
                      <Methods
                        api={api}
                        stage={one}
                        chosen={`${verb ?? ''} ${path ?? ''}`}
                        choose={(path, method) =>
                          setSearch({ stage: one.stageName, path, method })
                        }
                      />
                    )}
                  </li>
                ))}
              </ul>
            </nav>
          </Container>
          {path && verb ? (
            <StageMethod
              key={`${stage.stageName} ${verb} ${path}`}
              api={api}
              stage={stage}
              path={path}
              verb={verb}
              onChanged={stages.reload}
            />
          ) : (
            <StageView key={stage.stageName} api={api} stage={stage} onChanged={stages.reload} />
          )}
        </div>
      ) : (
        <NoStages deploy={() => setDialog('deploy')} />
      )}
      {dialog === 'deploy' && (
        <DeployApi
          api={api}
          onClose={() => {
            setDialog('');
            stages.reload();
          }}
        />
      )}
      {dialog === 'create' && (
        <CreateStage
          api={api}
          onDone={(name) => {
            stages.reload();
            setSearch({ stage: name });
          }}
          onClose={() => setDialog('')}
        />
      )}
    </SpaceBetween>
  );
}

interface MethodsProps {
  api: string;
  stage: Stage;
  chosen: string;
  choose: (path: string, method: string) => void;
}

/** The methods that the stage's deployment has, by path. */
function Methods({ api, stage, chosen, choose }: MethodsProps) {
  const key = `deployment-methods/${api}/${stage.deploymentId}`;
  const found = useData(key, () => deploymentMethods(api, stage.deploymentId));
  const paths = Object.entries(found.value ?? {}).sort(([one], [other]) => one.localeCompare(other));
  return (
    <ul>
      {paths.map(([path, verbs]) => (
        <li key={path}>
          <span className="tree-path">{path}</span>
          <ul>
            {verbs.map((verb) => (
              <li key={verb}>
                <button
                  type="button"
                  aria-label={`${verb} ${path}`}
                  aria-current={chosen === `${verb} ${path}`}
                  onClick={() => choose(path, verb)}
                >
                  <span className={`verb verb-${verb}`}>{verb}</span>
                </button>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}

function NoStages({ deploy }: { deploy: () => void }) {
  return (
    <Container>
      <Box textAlign="center">
        <SpaceBetween size="s">
          <b>No stages</b>
          <Box>A stage serves a deployment of the API under a URL of its own.</Box>
          <Button variant="primary" onClick={deploy}>
            Deploy API
          </Button>
        </SpaceBetween>
      </Box>
    </Container>
  );
}
