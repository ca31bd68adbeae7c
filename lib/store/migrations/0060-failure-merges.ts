export const failureMerges = {
  name: '0060-failure-merges',
  sql: `
-- naming     version of the rules that made its fingerprint, see lib/failures/naming/normalise.ts
-- family     of groups with the same frame and first words; opened_at: when it came, by the broker's clock. For the valve.
-- is_folded  it is the one that a family goes on in, see lib/store/failures/fold-families.ts
-- parent     the group that it was merged into, by whom and when; NULL = into none. A tree, so that a split undoes a merge.
-- root       the top of that tree; head: the same, or itself. What is said of a group (state, note) is said of its head.
ALTER TABLE queuedeck.failure_group
  ADD COLUMN naming smallint NOT NULL DEFAULT 2,
  ADD COLUMN family bytea,
  ADD COLUMN opened_at timestamptz,
  ADD COLUMN is_folded boolean NOT NULL DEFAULT false,
  ADD COLUMN parent integer,
  ADD COLUMN root integer,
  ADD COLUMN merged_at timestamptz,
  ADD COLUMN merged_by text,
  ADD COLUMN head integer GENERATED ALWAYS AS (coalesce(root, id)) STORED;
CREATE INDEX failure_group_head ON queuedeck.failure_group (head);
CREATE INDEX failure_group_family ON queuedeck.failure_group (source, family, opened_at);
CREATE INDEX failure_group_naming ON queuedeck.failure_group (source, naming);
`,
};
