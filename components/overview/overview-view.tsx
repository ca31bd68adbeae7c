'use client';

import { CompareSwitch } from '@/components/charts/compare-switch';
import { RangeSwitch } from '@/components/charts/range-switch';
import { PeriodCharts } from '@/components/metrics/period-charts';
import { AttentionList } from '@/components/overview/attention-list';
import { Figures } from '@/components/overview/figures';
import { QueueCard } from '@/components/queues/queue-card';

export function OverviewView() {
  return (
    <div className="page">
      <div className="head">
        <h1>Overview</h1>
        <div className="acts">
          <CompareSwitch />
          <RangeSwitch />
        </div>
      </div>
      <AttentionList />
      <Figures />
      <PeriodCharts of={{}} />
      <QueueCard />
    </div>
  );
}
