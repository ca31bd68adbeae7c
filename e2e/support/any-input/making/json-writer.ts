/** JSON text that no value stands for: `1e400`, `-0`, a member twice. */
export class RawJson {
  constructor(readonly text: string) {}
}

/** JSON.stringify that passes RawJson through; what is deep comes as RawJson. */
export function writeJson(value: unknown): string {
  if (value instanceof RawJson) return value.text;
  if (Array.isArray(value)) return `[${value.map(writeJson).join(',')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, inner]) => `${JSON.stringify(key)}:${writeJson(inner)}`)
      .join(',')}}`;
  return JSON.stringify(value) ?? 'null';
}
