export const operationGeneration = {
  name: '0011-operation-generation',
  sql: `
-- Counts resumptions: each has marks of its own in the broker.
ALTER TABLE queuedeck.operation ADD COLUMN generation integer NOT NULL DEFAULT 1;
`,
};
