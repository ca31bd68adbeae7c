import * as z from 'zod';
import { Page } from '../common';
import { SourceList } from '../sources';
import { endpoint } from './endpoint';

export const SOURCE_ENDPOINTS = {
  'source.list': endpoint('Brokers that are watched', z.strictObject(Page), null, SourceList),
};
