/** One field of a form, read from a JSON Schema (2020-12). What no field fits is `json`: a box for raw text. */
export interface FieldSpec {
  kind:
    | 'string'
    | 'integer'
    | 'number'
    | 'boolean'
    | 'enum'
    | 'date'
    | 'datetime'
    | 'email'
    | 'url'
    | 'text'
    | 'strings'
    | 'object'
    | 'json';
  /** Dotted path, as the server names it in `errors[].path`. */
  path: string;
  name: string;
  label: string;
  description: string | null;
  required: boolean;
  /** Empty stands for null. */
  nullable: boolean;
  options: string[];
  min: number | null;
  max: number | null;
  fallback: unknown;
  fields: FieldSpec[];
}

type Schema = Record<string, unknown>;

const DEEPEST = 4;
const FORMATS: Record<string, FieldSpec['kind']> = {
  date: 'date',
  'date-time': 'datetime',
  email: 'email',
  uri: 'url',
};
const LONG_TEXT = 200;

/** The fields of an object schema, in its order; null when the input is no object: raw JSON then. */
export function readSchema(schema: Schema): FieldSpec[] | null {
  const root = readField('', '', schema, true, 0);
  return root.kind === 'object' ? root.fields : null;
}

function readField(path: string, name: string, given: unknown, required: boolean, depth: number): FieldSpec {
  const { schema, nullable } = unwrapNullable(isSchema(given) ? given : {});
  const spec: FieldSpec = {
    kind: 'json',
    path,
    name,
    label: typeof schema.title === 'string' ? schema.title : name,
    description: typeof schema.description === 'string' ? schema.description : null,
    required: required && schema.default === undefined && !nullable,
    nullable,
    options: [],
    min: toNumber(schema.minimum ?? schema.exclusiveMinimum ?? schema.minLength),
    max: toNumber(schema.maximum ?? schema.exclusiveMaximum ?? schema.maxLength),
    fallback: schema.default,
    fields: [],
  };
  if (Array.isArray(schema.enum) && schema.enum.every((each) => typeof each === 'string'))
    return { ...spec, kind: 'enum', options: schema.enum };
  if (schema.type === 'string') return { ...spec, kind: readStringKind(schema) };
  if (schema.type === 'integer' || schema.type === 'number' || schema.type === 'boolean')
    return { ...spec, kind: schema.type };
  if (schema.type === 'array')
    return { ...spec, kind: isSchema(schema.items) && schema.items.type === 'string' ? 'strings' : 'json' };
  if (schema.type === 'object' && isSchema(schema.properties) && depth < DEEPEST) {
    const needed = Array.isArray(schema.required) ? schema.required : [];
    // Schemas may have passed through a store that sorts keys; the list of required names kept the author's order.
    const rank = (key: string) => (needed.includes(key) ? needed.indexOf(key) : needed.length);
    const properties = Object.entries(schema.properties).sort(([a], [b]) => rank(a) - rank(b));
    const fields = properties.map(([key, each]) =>
      readField(path ? `${path}.${key}` : key, key, each, needed.includes(key), depth + 1),
    );
    return { ...spec, kind: 'object', fields };
  }
  return spec;
}

function readStringKind(schema: Schema): FieldSpec['kind'] {
  const format = typeof schema.format === 'string' ? FORMATS[schema.format] : undefined;
  return format ?? ((toNumber(schema.maxLength) ?? 0) > LONG_TEXT && schema.pattern === undefined ? 'text' : 'string');
}

/** `anyOf: [X, null]` and `type: [X, "null"]` are X, left empty for null. */
function unwrapNullable(schema: Schema): { schema: Schema; nullable: boolean } {
  const { anyOf, type, ...rest } = schema;
  if (Array.isArray(anyOf) && anyOf.length === 2) {
    const other = anyOf.filter((each) => isSchema(each) && each.type !== 'null');
    if (other.length === 1 && isSchema(other[0])) return { schema: { ...rest, ...other[0] }, nullable: true };
  }
  if (Array.isArray(type) && type.length === 2 && type.includes('null'))
    return { schema: { ...rest, type: type.find((each) => each !== 'null') }, nullable: true };
  return { schema, nullable: false };
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const toNumber = (value: unknown) =>
  typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : null;
