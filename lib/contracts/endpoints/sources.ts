import * as z from 'zod';
import { Page, SourceName } from '../common';
import { Recorder, RecordStandingList } from '../recorder';
import { SourceDetail } from '../source-detail';
import { SourceList } from '../sources';
import { endpoint } from './endpoint';

export const SOURCE_ENDPOINTS = {
  'source.list': endpoint('Brokers that are watched', z.strictObject(Page), null, SourceList),
  'source.get': endpoint(
    'One broker: its settings, what is unsafe in them, and sampled sizes',
    z.strictObject({ source: SourceName }),
    null,
    SourceDetail,
  ),
  'source.recorder': endpoint(
    'How the record of a broker goes on: lag, what was not seen, size, and what it costs',
    z.strictObject({ source: SourceName }),
    null,
    Recorder,
  ),
  'source.recorders': endpoint(
    'Whether each broker is recorded now: who is late, whom nobody records, what was set aside',
    z.strictObject({}),
    null,
    RecordStandingList,
  ),
};
