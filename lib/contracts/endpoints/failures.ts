import * as z from 'zod';
import { TimeInput } from '../common';
import { AddDeploy, Deploy, DeployList, DeploysQuery } from '../deploys';
import {
  Differences,
  FailureGroup,
  FailureGroupDetail,
  FailureGroups,
  FailuresQuery,
  GroupAction,
  GroupId,
  MergeGroups,
  MuteGroup,
  NoteInput,
  SplitGroup,
} from '../failures';
import { StartedOperations } from '../operations';
import { endpoint, none } from './endpoint';

const OfGroup = z.strictObject({ group: GroupId });

export const FAILURE_ENDPOINTS = {
  'failure.list': endpoint('Failures by cause', z.strictObject(FailuresQuery), null, FailureGroups),
  'failure.get': endpoint(
    'One cause: where, since when, sample jobs',
    z.strictObject({ group: GroupId, from: TimeInput.optional(), to: TimeInput.optional() }),
    null,
    FailureGroupDetail,
  ),
  'failure.differs': endpoint('What its jobs have more often than those that succeeded', OfGroup, null, Differences),
  'failure.mute': endpoint('Mute a cause until a time or a number of failures', OfGroup, MuteGroup, FailureGroup),
  'failure.resolve': endpoint('Mark a cause as resolved; it opens when it comes again', OfGroup, null, FailureGroup),
  'failure.reopen': endpoint('Open a cause again', OfGroup, null, FailureGroup),
  'failure.note': endpoint('Write a note to a cause', OfGroup, NoteInput, FailureGroup),
  'failure.merge': endpoint('Merge other causes into a cause', OfGroup, MergeGroups, FailureGroup),
  'failure.split': endpoint('Split off what was merged into a cause', OfGroup, SplitGroup, FailureGroup),
  'failure.operate': endpoint(
    'Retry, remove or cancel the jobs of a cause, as operations',
    OfGroup,
    GroupAction,
    StartedOperations,
    {
      status: 201,
    },
  ),
  'deploy.list': endpoint('Deploy marks, newest first', z.strictObject(DeploysQuery), null, DeployList),
  'deploy.add': endpoint('Mark a deploy', none, AddDeploy, Deploy, { status: 201 }),
};
