import * as z from 'zod';
import { IsoTime, Page, page, SourceName, TimeInput } from './common';
import { storable } from './storable';

export const Deploy = z.object({
  id: z.string(),
  source: SourceName.nullable(),
  version: z.string(),
  origin: z.enum(['api', 'worker']),
  by: z.string().nullable(),
  at: IsoTime,
});
export type Deploy = z.infer<typeof Deploy>;
export const DeployList = page(Deploy);
export const DeploysQuery = {
  ...Page,
  source: SourceName.optional(),
  from: TimeInput.optional(),
  to: TimeInput.optional(),
};

/** `at`: now where it is left out; at most a year ago and a minute ahead. Without a source it stands for all. */
export const AddDeploy = z.strictObject({
  version: z.string().trim().min(1).max(100).check(storable),
  at: TimeInput.optional(),
  source: SourceName.optional(),
});
export type AddDeploy = z.infer<typeof AddDeploy>;
