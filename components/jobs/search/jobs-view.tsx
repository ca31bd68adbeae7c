'use client';

import { SearchCard } from '@/components/jobs/search/search-card';

/** Find the job, wherever it ran. */
export function JobsView() {
  return (
    <div className="page">
      <div className="head">
        <h1>Jobs</h1>
      </div>
      <SearchCard of={null} />
    </div>
  );
}
