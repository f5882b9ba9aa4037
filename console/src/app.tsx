import AppLayout from '@cloudscape-design/components/app-layout';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Spinner from '@cloudscape-design/components/spinner';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { Route, Routes, useHref, useLocation, useNavigate } from 'react-router';
import * as iam from './api/iam';
import * as sts from './api/sts';
import { here } from './api/place';
import { IdentityContext, type Who } from './data/identity';
import { knownSessions, remember } from './data/sessions';
import { useData } from './data/useData';
import { FlashProvider, Flashes } from './shell/flash';
import { Navigation } from './shell/navigation';
import { TopBar } from './shell/top-bar';
import { trail } from './shell/trail';

const Home = lazy(() => import('./pages/home/home'));
const Apis = lazy(() => import('./pages/apigateway/apis'));
const CreateApi = lazy(() => import('./pages/apigateway/create-api'));
const Resources = lazy(() => import('./pages/apigateway/resources'));
const CreateMethod = lazy(() => import('./pages/apigateway/create-method'));
const Stages = lazy(() => import('./pages/apigateway/stages'));
const Models = lazy(() => import('./pages/apigateway/models'));
const GatewayResponses = lazy(() => import('./pages/apigateway/gateway-responses'));
const ResourcePolicy = lazy(() => import('./pages/apigateway/resource-policy'));
const ApiSettings = lazy(() => import('./pages/apigateway/api-settings'));
const Functions = lazy(() => import('./pages/lambda/functions'));
const CreateFunction = lazy(() => import('./pages/lambda/create-function'));
const Function = lazy(() => import('./pages/lambda/function'));
const Groups = lazy(() => import('./pages/logs/groups'));
const Group = lazy(() => import('./pages/logs/group'));
const Users = lazy(() => import('./pages/iam/users'));
const User = lazy(() => import('./pages/iam/user'));
const Roles = lazy(() => import('./pages/iam/roles'));
const Role = lazy(() => import('./pages/iam/role'));
const Policies = lazy(() => import('./pages/iam/policies'));
const Policy = lazy(() => import('./pages/iam/policy'));
const SwitchRole = lazy(() => import('./pages/iam/switch-role'));

/** Who the session is, and under which name its account is known. */
async function whoAmI(): Promise<Who> {
  const identity = await sts.callerIdentity();
  const { session } = here();
  const known = knownSessions().find((one) => one.number === session);
  // Not everybody may list aliases; the id will do.
  const aliases = await iam.aliasList().catch(() => []);
  const label = aliases[0] ?? (known?.account === identity.Account ? known.label : identity.Account);
  remember({ number: session, account: identity.Account, label, arn: identity.Arn });
  return { account: identity.Account, arn: identity.Arn, label };
}

export default function App() {
  const who = useData('who', whoAmI);
  return (
    <IdentityContext value={who.value ?? { account: '', arn: '', label: '' }}>
      <FlashProvider>
        <TopBar />
        <Layout />
      </FlashProvider>
    </IdentityContext>
  );
}

function Layout() {
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const root = useHref('/');
  const [isOpen, setOpen] = useState(window.innerWidth > 1100);
  const crumbs = useMemo(() => trail(pathname), [pathname]);
  useEffect(() => {
    const last = crumbs[crumbs.length - 1]?.text;
    document.title = last ? `${last} · Crossway` : 'Crossway';
  }, [crumbs]);
  return (
    <AppLayout
      headerSelector="#top-bar"
      navigation={<Navigation />}
      navigationOpen={isOpen}
      onNavigationChange={({ detail }) => setOpen(detail.open)}
      toolsHide
      notifications={<Flashes />}
      stickyNotifications
      breadcrumbs={
        crumbs.length > 1 ? (
          <BreadcrumbGroup
            items={crumbs.map(({ text, to }) => ({ text, href: root.replace(/\/$/, '') + to }))}
            onClick={(event) => {
              event.preventDefault();
              void navigate(event.detail.href.slice(root.replace(/\/$/, '').length) || '/');
            }}
          />
        ) : undefined
      }
      content={
        <Suspense fallback={<Spinner size="large" />}>
          <Pages />
        </Suspense>
      }
    />
  );
}

function Pages() {
  return (
    <Routes>
      <Route path="/" element={<Home />} />
      <Route path="/apigateway" element={<Apis />} />
      <Route path="/apigateway/create" element={<CreateApi />} />
      <Route path="/apigateway/apis/:api/resources" element={<Resources />} />
      <Route path="/apigateway/apis/:api/create-method" element={<CreateMethod />} />
      <Route path="/apigateway/apis/:api/stages" element={<Stages />} />
      <Route path="/apigateway/apis/:api/models" element={<Models />} />
      <Route path="/apigateway/apis/:api/gateway-responses" element={<GatewayResponses />} />
      <Route path="/apigateway/apis/:api/resource-policy" element={<ResourcePolicy />} />
      <Route path="/apigateway/apis/:api/settings" element={<ApiSettings />} />
      <Route path="/lambda" element={<Functions />} />
      <Route path="/lambda/create" element={<CreateFunction />} />
      <Route path="/lambda/functions/:name" element={<Function />} />
      <Route path="/logs" element={<Groups />} />
      <Route path="/logs/groups/:group" element={<Group />} />
      <Route path="/iam" element={<Roles />} />
      <Route path="/iam/users" element={<Users />} />
      <Route path="/iam/users/:name" element={<User />} />
      <Route path="/iam/roles" element={<Roles />} />
      <Route path="/iam/roles/:name" element={<Role />} />
      <Route path="/iam/policies" element={<Policies />} />
      <Route path="/iam/policies/:arn" element={<Policy />} />
      <Route path="/switch-role" element={<SwitchRole />} />
      <Route path="*" element={<Home />} />
    </Routes>
  );
}
