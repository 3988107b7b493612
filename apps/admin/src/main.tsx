import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ClockContext } from './app/clock.js';
import { router } from './app/router.js';
import { SessionGate } from './app/session.js';
import { SignIn, Waiting } from './app/sign-in.js';
import './styles/index.css';

const now = (): number => Date.now();
/** The SDK sends again what may be sent again; nothing here does so too. */
const client = new QueryClient({
  queryCache: new QueryCache(),
  defaultOptions: { queries: { retry: false, staleTime: 5_000, refetchOnWindowFocus: true }, mutations: { retry: false } },
});
const root = document.getElementById('root');
if (!root) throw new Error('index.html has an element #root');
createRoot(root).render(
  <StrictMode>
    <ClockContext value={now}>
      <QueryClientProvider client={client}>
        <SessionGate welcome={SignIn} waiting={Waiting}>
          <RouterProvider router={router} />
        </SessionGate>
      </QueryClientProvider>
    </ClockContext>
  </StrictMode>,
);
