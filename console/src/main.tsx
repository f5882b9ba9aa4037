import '@cloudscape-design/global-styles/index.css';
import './styles.css';
import I18nProvider from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { session } from './api/place';
import { preload } from './routes';
import { applyLook } from './shell/look';

// The sign-in page needs little of the console, and the console nothing of the sign-in page.
const App = lazy(() => import('./app'));
const SignIn = lazy(() => import('./pages/signin/sign-in'));

applyLook();
if (session !== undefined) preload(window.location.pathname);

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <I18nProvider locale="en" messages={[messages]}>
        <Suspense fallback={null}>
          {session === undefined ? (
            <SignIn />
          ) : (
            <BrowserRouter basename={`/console/s/${session}`}>
              <App />
            </BrowserRouter>
          )}
        </Suspense>
      </I18nProvider>
    </StrictMode>,
  );
}
