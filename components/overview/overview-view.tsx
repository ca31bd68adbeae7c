'use client';

import { CompareSwitch } from '@/components/charts/compare-switch';
import { RangeSwitch } from '@/components/charts/range-switch';
import { PeriodCharts } from '@/components/metrics/period-charts';
import { Figures } from '@/components/overview/figures';
import { AttentionLanes } from '@/components/overview/lanes/attention-lanes';
import { QueueCard } from '@/components/queues/list/queue-card';

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
      <AttentionLanes />
      <Figures />
      <PeriodCharts of={{}} />
      <QueueCard />
    </div>
  );
}
