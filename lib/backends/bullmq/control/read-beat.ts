import type { Beat } from './protocol';

type Told = Record<string, unknown>;

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const areObjects = (value: unknown): value is Told[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null);
const have = (all: unknown, texts: string[], numbers: string[]): boolean =>
  areObjects(all) &&
  all.every((one) => texts.every((name) => isText(one[name])) && numbers.every((name) => isNumber(one[name])));

/** What stands where our workers write their beats, if it is one: anybody can write there, and one odd beat hides no other. */
export function readBeat(value: unknown): Omit<Beat, 'beatAt'> | null {
  if (typeof value !== 'object' || value === null) return null;
  const { id, queues, lanes, running } = value as Told;
  const isWhole =
    have([value], ['id', 'host', 'version', 'status'], NUMBERS) &&
    id !== '' &&
    Array.isArray(queues) &&
    queues.every(isText) &&
    have(lanes, ['queue'], ['slots', 'busy']) &&
    have(running, ['queue', 'id', 'name'], ['startedAt']);
  return isWhole ? (value as Omit<Beat, 'beatAt'>) : null;
}

const NUMBERS = ['pid', 'slots', 'busy', 'donePerMinute', 'cpu', 'memoryBytes', 'startedAt'];
