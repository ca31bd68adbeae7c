import type { Node, Value } from '@/lib/contracts/query/ast';
import { readDuration, readMoment } from '@/lib/contracts/query/values';
import type { FoundJob } from '@/lib/contracts/search';

/** Does a row that the broker gave fit? What a row does not tell (data, groups) does not fit. */
export function fits(node: Node, job: FoundJob): boolean {
  switch (node.kind) {
    case 'and':
      return node.items.every((item) => fits(item, job));
    case 'or':
      return node.items.some((item) => fits(item, job));
    case 'not':
      return !fits(node.item, job);
    case 'text':
      return [job.id, job.name, job.error].some((text) => text?.toLowerCase().includes(node.text.toLowerCase()));
    default:
      return node.values.some((value) => fitsTerm(node, value, job));
  }
}

function fitsTerm({ field }: Extract<Node, { kind: 'term' }>, value: Value, job: FoundJob): boolean {
  switch (field) {
    case 'name':
    case 'queue':
    case 'source':
    case 'id':
      return matches(job[field], value);
    case 'worker':
      return job.worker !== null && matches(job.worker, value);
    case 'state':
      return value.op === 'is' && job.state === value.text;
    case 'error':
      return value.op === 'is' && (job.error?.toLowerCase().includes(value.text.toLowerCase()) ?? false);
    case 'broker':
      return value.op === 'is' && value.text === 'yes';
    case 'cancelled':
      return value.op === 'is' && (value.text === 'yes') === job.cancelled;
    case 'attempts':
      return compares(job.attemptsMade, value, Number);
    case 'wait':
      return job.waitMs !== null && compares(job.waitMs, value, (text) => readDuration(text) ?? 0);
    case 'run':
      return job.runMs !== null && compares(job.runMs, value, (text) => readDuration(text) ?? 0);
    case 'added':
      return isYoung(Date.parse(job.addedAt), value);
    default:
      return false;
  }
}

function matches(text: string, value: Value): boolean {
  if (value.op !== 'is') return false;
  if (value.quoted || !value.text.includes('*')) return text.toLowerCase() === value.text.toLowerCase();
  const parts = value.text.toLowerCase().split('*');
  let at = 0;
  const whole = text.toLowerCase();
  for (const [i, part] of parts.entries()) {
    const found = i === parts.length - 1 ? whole.length - part.length : whole.indexOf(part, at);
    if (found < at || (i === 0 && !whole.startsWith(part)) || !whole.startsWith(part, found)) return false;
    at = found + part.length;
  }
  return true;
}

function compares(actual: number, value: Value, read: (text: string) => number): boolean {
  if (value.op === '..')
    return (value.from === '' || actual >= read(value.from)) && (value.to === '' || actual <= read(value.to));
  const bound = read(value.text);
  if (value.op === 'is') return actual === bound;
  if (value.op === '<') return actual < bound;
  if (value.op === '<=') return actual <= bound;
  return value.op === '>' ? actual > bound : actual >= bound;
}

/** Of times, what an operator asks of jobs that wait: how old they are. Others are left to the record. */
function isYoung(atMs: number, value: Value): boolean {
  if (value.op === '..' || value.op === 'is' || readMoment(value.text, 0) !== null) return true;
  const age = Date.now() - atMs;
  return compares(age, value, (text) => readDuration(text) ?? 0);
}
