import AppLayout from '@cloudscape-design/components/app-layout';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import { useEffect, useMemo, useState } from 'react';
import { Route, Routes, useHref, useLocation, useNavigate } from 'react-router';
import * as iam from './api/iam';
import * as sts from './api/sts';
import { here } from './api/place';
import { useApiName } from './data/api-name';
import { IdentityContext, type Who } from './data/identity';
import { knownSessions, remember } from './data/sessions';
import { useData } from './data/useData';
import { ROUTES } from './routes';
import { FlashProvider, Flashes } from './shell/flash';
import { Mishap } from './shell/mishap';
import { Navigation } from './shell/navigation';
import { TopBar } from './shell/top-bar';
import { trail } from './shell/trail';
import { lazily } from './ui/lazily';

const Palette = lazily(async () => (await import('./palette/palette')).default, null);
const Tutorial = lazily(async () => (await import('./tutorial/tutorial')).default);
const Home = ROUTES[0]?.[1] ?? (() => null);

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
        <Shell />
      </FlashProvider>
    </IdentityContext>
  );
}

const TUTORIAL_KEY = 'crossway-tutorial-open';

/** Top bar, pages, and what opens over and beside them. */
function Shell() {
  const [isSearching, setSearching] = useState(false);
  const [isLearning, setLearning] = useState(localStorage.getItem(TUTORIAL_KEY) === 'true');
  const learn = (isOpen: boolean) => {
    localStorage.setItem(TUTORIAL_KEY, String(isOpen));
    setLearning(isOpen);
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isPalette = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k';
      if (!isPalette && !(event.altKey && event.key.toLowerCase() === 's')) return;
      event.preventDefault();
      setSearching(true);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return (
    <>
      <a
        className="skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('content')?.focus();
        }}
      >
        Skip to main content
      </a>
      <TopBar search={() => setSearching(true)} learn={() => learn(!isLearning)} />
      <Layout isLearning={isLearning} learn={learn} />
      {isSearching && (
        <Palette openTutorial={() => learn(true)} onClose={() => setSearching(false)} />
      )}
    </>
  );
}

interface LayoutProps {
  isLearning: boolean;
  learn: (isOpen: boolean) => void;
}

function Layout({ isLearning, learn }: LayoutProps) {
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const root = useHref('/');
  const [isOpen, setOpen] = useState(window.innerWidth > 1100);
  const api = useApiName(pathname);
  const crumbs = useMemo(() => trail(pathname, api?.name), [pathname, api?.name]);
  useEffect(() => {
    const last = crumbs[crumbs.length - 1]?.text;
    document.title = last ? `${last} · Crossway` : 'Crossway';
  }, [crumbs]);
  useEffect(() => {
    // What had the focus went with the page before: the keyboard goes on in the new page.
    const isFree = document.activeElement === document.body;
    if (isFree) document.getElementById('content')?.focus({ preventScroll: true });
  }, [pathname]);
  return (
    <AppLayout
      headerSelector="#top-bar"
      navigation={<Navigation api={api} />}
      navigationWidth={230}
      navigationOpen={isOpen}
      onNavigationChange={({ detail }) => setOpen(detail.open)}
      tools={isLearning ? <Tutorial /> : undefined}
      toolsOpen={isLearning}
      toolsHide={!isLearning}
      toolsWidth={320}
      onToolsChange={({ detail }) => learn(detail.open)}
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
        <div id="content" tabIndex={-1}>
          <Mishap page={pathname}>
            <Pages />
          </Mishap>
        </div>
      }
    />
  );
}

function Pages() {
  return (
    <Routes>
      {ROUTES.map(([path, Page]) => (
        <Route key={path} path={path} element={<Page />} />
      ))}
      <Route path="*" element={<Home />} />
    </Routes>
  );
}
