import { type FormEvent, useState } from 'react';
import { ProblemError } from '#sdk';
import { Button } from '../parts/button.js';
import { Field } from '../parts/fields.js';
import { Failure, Loading, Notice } from '../parts/states.js';
import { signIn } from './session.js';

interface SignInProps {
  readonly hasEnded: boolean;
  readonly onSignedIn: () => void;
}

/** The way in: an API key, which the browser does not keep. */
export function SignIn({ hasEnded, onSignedIn }: SignInProps) {
  const [key, setKey] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const enter = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await signIn(key.trim());
      onSignedIn();
    } catch (cause) {
      setError(cause);
      setBusy(false);
    }
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isBusy) void enter();
  };
  const isWrong = error instanceof ProblemError && error.status === 401;
  const asked = key.trim() === '' || /[^\x21-\x7e]/.test(key.trim());
  return (
    <div className="sign-in">
      <main>
        <div className="brand">
          <img src="/admin/icon.svg" alt="" width={26} height={26} />
          Eris
        </div>
        <form className="panel form" onSubmit={onSubmit}>
          <h1>Sign in</h1>
          {hasEnded && !error && <Notice look="warn">Your session has ended. Sign in again; the page you were on will open.</Notice>}
          {error !== undefined && !isWrong && <Failure error={error} />}
          <Field
            label="API key"
            type="password"
            value={key}
            onChange={setKey}
            isRequired
            hasFocus
            autoComplete="current-password"
            fault={isWrong ? 'No such key, or it has been revoked. Ask your operator for one.' : undefined}
            help="The key is used once. This browser then keeps a cookie that scripts can't read."
          />
          <Button type="submit" look="primary" isDisabled={isBusy || asked}>
            {isBusy ? 'Signing in …' : 'Sign in'}
          </Button>
        </form>
        <p className="muted small">
          An operator's first key is written to <code>.eris/admin-key</code> when Eris starts. The same is possible over the{' '}
          <a href="/docs">API</a>.
        </p>
      </main>
    </div>
  );
}

/** Until it is known who is here, or where it can't be. */
export function Waiting({ error, onAgain }: { readonly error: Error | null; readonly onAgain: () => void }) {
  return (
    <div className="sign-in">
      <main>
        <h1 className={error ? undefined : 'visually-hidden'}>Eris</h1>
        {error ? <Failure error={error} onAgain={onAgain} /> : <Loading what="the dashboard" />}
      </main>
    </div>
  );
}
