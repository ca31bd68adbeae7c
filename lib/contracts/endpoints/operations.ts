import * as z from 'zod';
import {
  BinList,
  BinQuery,
  CreateOperation,
  JobOutcomes,
  Operation,
  OperationId,
  OperationList,
  OperationPreview,
  OperationsQuery,
  OutcomesQuery,
  PreviewOperation,
  ReasonInput,
  RestoreFromBin,
} from '../operations';
import { endpoint, none } from './endpoint';

const OfOperation = { operation: OperationId };

export const OPERATION_ENDPOINTS = {
  'operation.preview': endpoint('Dry run: what an operation would change', none, PreviewOperation, OperationPreview),
  'operation.create': endpoint('Fix the set of jobs and begin', none, CreateOperation, Operation, { status: 201 }),
  'operation.list': endpoint('Operations, newest first', z.strictObject(OperationsQuery), null, OperationList),
  'operation.get': endpoint('One operation', z.strictObject(OfOperation), null, Operation),
  'operation.outcomes': endpoint(
    "A page of an operation's jobs with their outcomes; `format=ndjson|csv` downloads all",
    z.strictObject({ ...OfOperation, ...OutcomesQuery }),
    null,
    JobOutcomes,
  ),
  'operation.stop': endpoint('Stop an operation', z.strictObject(OfOperation), null, Operation),
  'operation.resume': endpoint('Go on with a stopped operation', z.strictObject(OfOperation), null, Operation),
  'operation.restore': endpoint(
    'Put back what the operation removed, as an operation of its own',
    z.strictObject(OfOperation),
    ReasonInput.default({}),
    Operation,
    { status: 201 },
  ),
  'bin.list': endpoint('What the recycle bin holds, newest first', z.strictObject(BinQuery), null, BinList),
  'bin.restore': endpoint('Put jobs back from the recycle bin', none, RestoreFromBin, Operation, { status: 201 }),
};
