import { resource, type Service, ServiceList, together } from './service.js';

const told: string[] = [];
beforeEach(() => void told.splice(0));
const service = (name: string, fails: 'start' | 'stop' | 'never' = 'never'): Service => ({
  name,
  start: async () => {
    await Promise.resolve();
    if (fails === 'start') throw new Error(`${name} does not start`);
    told.push(`+${name}`);
  },
  stop: async () => {
    told.push(`-${name}`);
    await Promise.resolve();
    if (fails === 'stop') throw new Error(`${name} does not stop`);
    told.push(`.${name}`);
  },
});

it('starts services in order and stops them in reverse, once', async () => {
  const list = new ServiceList([service('a'), resource('b', () => void told.push('-b')), service('c')]);
  await list.start();
  await Promise.all([list.stop(), list.stop()]);
  expect(told).toEqual(['+a', '+c', '-c', '.c', '-b', '-a', '.a']);
});

it('stops what was started where one fails to start, and says why it failed', async () => {
  const list = new ServiceList([service('a', 'stop'), service('b'), service('c', 'start'), service('d')]);
  await expect(list.start()).rejects.toThrow('c does not start');
  expect(told).toEqual(['+a', '+b', '-b', '.b', '-a']);
  await list.stop();
  expect(told).toHaveLength(5);
});

it('stops all where one fails to stop, and throws the first failure then', async () => {
  const list = new ServiceList([service('a'), service('b', 'stop'), service('c')]);
  await list.start();
  await expect(list.stop()).rejects.toThrow('b does not stop');
  expect(told.slice(3)).toEqual(['-c', '.c', '-b', '-a', '.a']);
});

it('waits for a start that is under way before it stops, and starts nothing more then', async () => {
  const list = new ServiceList([service('a'), service('b')]);
  const started = list.start();
  await list.stop();
  await started;
  expect(told).toEqual(['+a', '-a', '.a']);
});

it('tells those that belong together to stop at the same moment', async () => {
  const list = new ServiceList([service('a'), together('work', [service('b'), service('c')])]);
  await list.start();
  await list.stop();
  expect(told).toEqual(['+a', '+b', '+c', '-b', '-c', '.b', '.c', '-a', '.a']);
});

it('takes no two services of one name', () => {
  expect(() => new ServiceList([service('a'), service('a')])).toThrow('each service has a name of its own');
});
