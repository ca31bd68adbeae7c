'use client';

import { SchedulersCard } from '@/components/schedulers/schedulers-card';

export function SchedulersView() {
  return (
    <div className="page">
      <div className="head">
        <h1>Schedulers</h1>
        <span className="muted">What runs by itself, soonest first</span>
      </div>
      <SchedulersCard of={null} />
    </div>
  );
}
