import TopNavigation, {
  type TopNavigationProps,
} from '@cloudscape-design/components/top-navigation';
import { useHref, useNavigate } from 'react-router';
import { changeRegion, here, REGIONS } from '../api/place';
import { useIdentity } from '../data/identity';
import { colour, freeNumber, knownSessions, signOut } from '../data/sessions';
import { copyText } from '../ui/copy';
import { changeLook, type Look } from './look';

interface TopBarProps {
  /** Opens the command palette. */
  search: () => void;
  /** Opens or closes the tutorial. */
  learn: () => void;
}

/** Region, account, session. The stripe has the account's colour, so that two tabs differ. */
export function TopBar({ search, learn }: TopBarProps) {
  const who = useIdentity();
  const navigate = useNavigate();
  const root = useHref('/').replace(/\/$/, '');
  const { region, session } = here();
  const user = who.arn.split(':').pop()?.replace(/^user\/|^assumed-role\//, '') ?? '';
  const isGlobal = window.location.pathname.startsWith(`${root}/iam`);
  const follow = (id: string) => {
    if (id === 'copy') void copyText(who.account);
    else if (id === 'switch-role') void navigate('/switch-role');
    else if (id === 'sign-out') {
      void signOut(session).then(() => window.location.assign('/console/'));
    } else if (id.startsWith('look-')) changeLook(id.slice(5) as Look);
  };
  const utilities: TopNavigationProps.Utility[] = [
    {
      type: 'button',
      iconName: 'search',
      text: 'Search',
      title: 'Search (Ctrl+K)',
      ariaLabel: 'Search (Ctrl+K)',
      onClick: search,
    },
    {
      type: 'button',
      iconName: 'status-info',
      text: 'Tutorial',
      title: 'Tutorial',
      onClick: learn,
    },
    {
      type: 'menu-dropdown',
      text: isGlobal ? 'Global' : (REGIONS.find((one) => one.id === region)?.name ?? region),
      title: 'Region',
      items: REGIONS.map(({ id, name }) => ({ id, text: `${name} ${id}` })),
      onItemClick: ({ detail }) => changeRegion(detail.id),
    },
    {
      type: 'menu-dropdown',
      iconName: 'settings',
      title: 'Visual mode',
      ariaLabel: 'Visual mode',
      items: (['browser', 'light', 'dark'] as const).map((one) => ({
        id: `look-${one}`,
        text: { browser: 'Browser default', light: 'Light', dark: 'Dark' }[one],
      })),
      onItemClick: ({ detail }) => follow(detail.id),
    },
    {
      type: 'menu-dropdown',
      text: who.arn ? `${user} @ ${who.label}` : 'Account',
      title: `Account ID ${who.account}`,
      iconName: 'user-profile',
      items: [
        { id: 'copy', text: `Copy account ID ${who.account}`, iconName: 'copy' },
        { id: 'sessions', text: 'Sessions in this browser', items: sessionItems(session) },
        { id: 'switch-role', text: 'Switch role' },
        { id: 'sign-out', text: 'Sign out' },
      ],
      onItemClick: ({ detail }) => follow(detail.id),
    },
  ];
  return (
    <div id="top-bar">
      <TopNavigation
        identity={{
          href: `${root}/`,
          logo: { src: '/console/wordmark.svg', alt: 'Crossway' },
          onFollow: (event) => {
            event.preventDefault();
            void navigate('/');
          },
        }}
        utilities={utilities}
      />
      <div className={`account-stripe account-${colour(who.account)}`} />
    </div>
  );
}

/** Each other session in a tab of its own. */
function sessionItems(own: number) {
  const others = knownSessions().filter((one) => one.number !== own);
  const items = others.map((one) => ({
    id: `session-${one.number}`,
    text: `${one.arn.split('/').pop() ?? ''} @ ${one.label}`,
    href: `/console/s/${one.number}/`,
    external: true,
    externalIconAriaLabel: '(opens in a new tab)',
  }));
  const add = {
    id: 'add-session',
    text: 'Add session',
    href: `/console/sign-in?session=${freeNumber()}`,
    external: true,
    externalIconAriaLabel: '(opens in a new tab)',
  };
  return [...items, add];
}
