import type { Node, Value } from './ast';

/** The query in its plain form: parseQuery of it is the same query. */
export function printQuery(node: Node | null): string {
  return node === null ? '' : print(node, 'any');
}

function print(node: Node, within: 'any' | 'all' | 'one'): string {
  switch (node.kind) {
    case 'or': {
      const text = node.items.map((item) => print(item, 'all')).join(' OR ');
      return within === 'any' ? text : `(${text})`;
    }
    case 'and': {
      const text = node.items.map((item) => print(item, 'one')).join(' ');
      return within === 'one' ? `(${text})` : text;
    }
    case 'not':
      return `NOT ${print(node.item, 'one')}`;
    case 'text':
      return printWord(node.text);
    default: {
      const field = node.path === null ? node.field : `${node.field}.${node.path}`;
      return `${field}:${node.values.map(printValue).join(',')}`;
    }
  }
}

/** A word that reads back as itself, or its quoted form. */
function printWord(text: string): string {
  const plain = /^[^\s()":,-][^\s()":,]*$/.test(text) && !/^(AND|OR|NOT)$/.test(text);
  return plain ? text : quote(text);
}

function printValue(value: Value): string {
  if (value.op === '..') return `${value.from}..${value.to}`;
  if (value.op !== 'is') return `${value.op}${value.text}`;
  const plain = /^[^\s()",][^\s()",]*$/.test(value.text);
  // A quoted star is a star, a bare one stands for anything.
  if (plain && (!value.quoted || !value.text.includes('*'))) return value.text;
  return quote(value.text);
}

const quote = (text: string) => `"${text.replaceAll(/[\\"]/g, '\\$&')}"`;
