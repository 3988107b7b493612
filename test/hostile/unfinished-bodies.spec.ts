import { expectNothingHeld, expectUnharmed, setStand, type Stand, underAttack } from './support/stand.js';

let stand: Stand;
beforeAll(async () => {
  stand = await setStand();
}, 120_000);
afterAll(() => stand.close());

const announced = (path: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: eris\r\nContent-Type: application/json\r\nContent-Length: 4194304\r\n\r\n`;

it('does not keep anything for bodies that are announced and never sent', async () => {
  const { suffering } = await underAttack(stand, [
    { script: 'sockets', task: { connections: 64, text: announced('/nowhere'), again: true } },
    { script: 'sockets', task: { connections: 64, text: announced(`/v1/markets/${stand.scene.marketId}/bids`), again: true } },
  ]);
  expectUnharmed(suffering);
  await expectNothingHeld(stand);
}, 60_000);
