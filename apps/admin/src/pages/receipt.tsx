import { useEffect, useState } from 'react';
import { type AnswerOf, hashOfReceipt } from '#sdk';
import { useAnswer } from '../app/api.js';
import { AsCode } from '../parts/as-code.js';
import { Facts, Panel } from '../parts/panel.js';
import { Notice, Shown } from '../parts/states.js';

type Answer = AnswerOf<'readReceipt'>;
type Receipt = NonNullable<Answer['receipt']>;

const WAITING_MS = 2_000;

/** The receipt of a bid that was decided, and its check. */
export function ReceiptView({ bidId }: { readonly bidId: string }) {
  const asked = useAnswer('readReceipt', { params: { bidId } }, { everyMs: WAITING_MS, isLast: ({ receipt }) => receipt !== null });
  return (
    <Panel title="Receipt" note="The bid's link in the chain of hashes over the log of its market, held against what is stored now">
      <Shown of={asked} what="the receipt">
        {({ receipt, findings }) =>
          receipt === null ? (
            <Notice>It is written some seconds after the decision.</Notice>
          ) : (
            <Sealed receipt={receipt} findings={findings} />
          )
        }
      </Shown>
      <AsCode call={{ operation: 'readReceipt', params: { bidId } }} />
    </Panel>
  );
}

function Sealed({ receipt, findings }: { readonly receipt: Receipt; readonly findings: Answer['findings'] }) {
  const hash = useHash(receipt);
  const isWrong = findings.length > 0 || (hash !== undefined && hash !== receipt.hash);
  return (
    <>
      {isWrong ? (
        <Notice look="bad" isUrgent>
          <strong>Not all of it is as it was when the receipt was written</strong>
          {findings.map(({ table, key, detail }) => (
            <span key={`${table} ${key}`}>
              {table} ({key}): {detail}
            </span>
          ))}
          {hash !== undefined && hash !== receipt.hash && <span>The hash is not that of the receipt.</span>}
        </Notice>
      ) : (
        <Notice look="good">
          All that was written with the decision is as it was, and the receipt follows on the one before it.
          {hash !== undefined && ' This browser has computed its hash again: it is the same.'}
        </Notice>
      )}
      <Facts
        of={[
          ['Entry of the log', receipt.sequence],
          ['Decided by', receipt.algorithm],
          ['Hash', <Hash key="hash" of={receipt.hash} />],
          ['Of the bid', <Hash key="input" of={receipt.inputHash} />],
          ['Of the prices', <Hash key="price" of={receipt.priceHash} />],
          ['Of the entry before', <Hash key="previous" of={receipt.previousHash} />],
        ]}
      />
    </>
  );
}

const Hash = ({ of }: { readonly of: string }) => <code className="hash">{of}</code>;

/** The hash of what a receipt says, once this browser has computed it; undefined where it cannot. */
function useHash(receipt: Receipt): string | undefined {
  const [hash, setHash] = useState<string>();
  useEffect(() => {
    let isGone = false;
    void hashOfReceipt(receipt).then((computed) => isGone || setHash(computed));
    return () => {
      isGone = true;
    };
  }, [receipt]);
  return hash;
}
