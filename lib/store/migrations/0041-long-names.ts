export const longNames = {
  name: '0041-long-names',
  sql: `
-- Names and ids of brokers can be longer than an entry of a B-tree (2.7 KB): their beginnings lead to the rows.
DROP INDEX queuedeck.audit_job;
CREATE INDEX audit_job ON queuedeck.audit (source, left(queue, 200), left(job, 200), id DESC) WHERE job IS NOT NULL;
DROP INDEX queuedeck.bin_queue;
CREATE INDEX bin_queue ON queuedeck.bin (source, left(queue, 200), id DESC);
`,
};
