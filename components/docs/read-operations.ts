/** One operation of the OpenAPI document, flattened for reading. */
export interface Operation {
  id: string;
  tag: string;
  method: string;
  path: string;
  summary: string;
  parameters: Field[];
  body: Field[] | null;
  /** A body to start from, as JSON text. */
  bodyExample: string | null;
  answers: { status: string; description: string; fields: Field[] }[];
}

export interface Field {
  name: string;
  /** Where it goes: path, query, header, or body. */
  place: string;
  type: string;
  required: boolean;
  note: string;
}

type Node = Record<string, unknown>;
interface Root {
  document: Node;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const DEEPEST = 3;

export function readOperations(document: Node): Operation[] {
  const root = { document };
  return Object.entries(toNode(document.paths)).flatMap(([path, item]) =>
    METHODS.filter((method) => method in toNode(item)).map((method) =>
      readOperation(root, method, path, toNode(toNode(item)[method])),
    ),
  );
}

function readOperation(root: Root, method: string, path: string, operation: Node): Operation {
  const parameters = toList(operation.parameters).map((each) => {
    const parameter = resolve(root, each);
    return {
      ...readField(root, String(parameter.name), parameter.schema, parameter.required === true),
      place: String(parameter.in),
    };
  });
  const bodySchema = readContent(root, resolve(root, operation.requestBody), 'application/json');
  return {
    id: String(operation.operationId ?? `${method} ${path}`),
    tag: String(toList(operation.tags)[0] ?? 'other'),
    method: method.toUpperCase(),
    path,
    summary: String(operation.summary ?? ''),
    parameters,
    body: bodySchema && listFields(root, bodySchema, '', 0),
    bodyExample: bodySchema && JSON.stringify(makeExample(root, bodySchema, 0), null, 2),
    answers: Object.entries(toNode(operation.responses)).map(([status, each]) => {
      const answer = resolve(root, each);
      const schema = Number(status) < 400 ? readContent(root, answer, 'application/json') : null;
      return {
        status,
        description: String(answer.description ?? ''),
        fields: schema ? listFields(root, schema, '', 0) : [],
      };
    }),
  };
}

function readContent(root: Root, holder: Node, type: string): Node | null {
  const schema = toNode(toNode(holder.content)[type]).schema;
  return schema ? resolve(root, schema) : null;
}

/** The fields of a schema, nested ones by dotted path; of a union, those of its first object. */
function listFields(root: Root, given: unknown, prefix: string, depth: number): Field[] {
  const schema = pickObject(root, given);
  const needed = toList(schema.required);
  return Object.entries(toNode(schema.properties)).flatMap(([name, each]) => {
    const path = prefix + name;
    const own = readField(root, path, each, needed.includes(name));
    const inner = resolve(root, each);
    const nested = inner.type === 'array' ? inner.items : each;
    return depth < DEEPEST && Object.keys(toNode(pickObject(root, nested).properties)).length > 0
      ? [own, ...listFields(root, nested, `${path}${inner.type === 'array' ? '[]' : ''}.`, depth + 1)]
      : [own];
  });
}

function pickObject(root: Root, given: unknown): Node {
  const schema = resolve(root, given);
  if (schema.properties) return schema;
  const options = [...toList(schema.anyOf), ...toList(schema.oneOf), ...toList(schema.allOf)].map((each) =>
    resolve(root, each),
  );
  return options.find((each) => each.properties) ?? schema;
}

function readField(root: Root, name: string, given: unknown, required: boolean): Field {
  const schema = resolve(root, given);
  const limits = [
    schema.default === undefined ? '' : `default ${JSON.stringify(schema.default)}`,
    schema.minimum === undefined || Math.abs(Number(schema.minimum)) > 1e15 ? '' : `from ${schema.minimum}`,
    schema.maximum === undefined || Math.abs(Number(schema.maximum)) > 1e15 ? '' : `to ${schema.maximum}`,
    schema.maxLength === undefined ? '' : `at most ${schema.maxLength} characters`,
  ].filter(Boolean);
  return {
    name,
    place: 'body',
    type: describeType(root, schema),
    required,
    note: [schema.description, limits.join(', ')].filter(Boolean).join('. '),
  };
}

function describeType(root: Root, given: unknown): string {
  const schema = resolve(root, given);
  if (Array.isArray(schema.enum)) return schema.enum.map((each) => JSON.stringify(each)).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.type)) return schema.type.join(' | ');
  if (schema.type === 'array') return `${describeType(root, schema.items)}[]`;
  if (typeof schema.type === 'string') return schema.format ? `${schema.type} (${schema.format})` : schema.type;
  const options = [...toList(schema.anyOf), ...toList(schema.oneOf)];
  return options.length > 0 ? [...new Set(options.map((each) => describeType(root, each)))].join(' | ') : 'any JSON';
}

/** The needed fields alone, each with a plausible value. */
function makeExample(root: Root, given: unknown, depth: number): unknown {
  const schema = pickObject(root, given);
  if (schema.example !== undefined) return schema.example;
  if (!schema.properties || depth > DEEPEST)
    return schema.type === 'string' ? 'text' : schema.type === 'integer' ? 1 : {};
  const needed = toList(schema.required);
  return Object.fromEntries(
    Object.entries(toNode(schema.properties))
      .filter(([name]) => needed.includes(name) || name === 'data' || name === 'input')
      .map(([name, each]) => [name, name === 'name' ? 'send-welcome-email' : makeExample(root, each, depth + 1)]),
  );
}

/** Follows `$ref` inside the document. */
function resolve(root: Root, given: unknown): Node {
  const node = toNode(given);
  if (typeof node.$ref !== 'string') return node;
  return resolve(
    root,
    node.$ref
      .replace('#/', '')
      .split('/')
      .reduce<unknown>((at, part) => toNode(at)[part], root.document),
  );
}

const toNode = (value: unknown): Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Node) : {};
const toList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
