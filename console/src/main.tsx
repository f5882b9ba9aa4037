import '@cloudscape-design/global-styles/index.css';
import './styles.css';
import I18nProvider from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { session } from './api/place';
import { preload } from './routes';
import { applyLook } from './shell/look';
import { lazily } from './ui/lazily';

// The sign-in page needs little of the console, and the console nothing of the sign-in page.
const App = lazily(async () => (await import('./app')).default, null);
const SignIn = lazily(async () => (await import('./pages/signin/sign-in')).default, null);

applyLook();
if (session === undefined) SignIn.begin();
else {
  App.begin();
  preload(window.location.pathname);
}

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <I18nProvider locale="en" messages={[messages]}>
        {session === undefined ? (
          <SignIn />
        ) : (
          <BrowserRouter basename={`/console/s/${session}`}>
            <App />
          </BrowserRouter>
        )}
      </I18nProvider>
    </StrictMode>,
  );
}
