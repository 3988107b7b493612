import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { asCli } from '../model/as-cli.js';
import { asCurl, asSdk, type Call } from '../model/as-code.js';
import { Button } from './button.js';
import { Segments } from './fields.js';

type Form = 'cli' | 'curl' | 'sdk';

/** The same as this page does, for those who would rather write it: as a command, a request and a call. */
export function AsCode({ call, title = 'The same as CLI, curl or SDK' }: { readonly call: Call; readonly title?: string }) {
  const command = asCli(call);
  const [form, setForm] = useState<Form>('cli');
  const [isCopied, setCopied] = useState(false);
  const url = location.origin;
  const text = form === 'cli' ? command : form === 'curl' ? asCurl(call, url) : asSdk(call, url);
  const choices = [
    { id: 'cli' as const, name: 'CLI' },
    { id: 'curl' as const, name: 'curl' },
    { id: 'sdk' as const, name: 'SDK' },
  ];
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  const choose = (chosen: Form): void => {
    setForm(chosen);
    setCopied(false);
  };
  return (
    <details className="as-code">
      <summary>{title}</summary>
      <div>
        <div className="cluster">
          <Segments label="Written for" value={form} choices={choices} onChange={choose} />
          <Button isSmall onPress={() => void copy().catch(() => setCopied(false))}>
            {isCopied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
            {isCopied ? 'Copied' : 'Copy'}
          </Button>
        </div>
        <pre tabIndex={0} aria-label={`As ${form}`}>
          {text}
        </pre>
      </div>
    </details>
  );
}
