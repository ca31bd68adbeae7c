'use client';

import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/problem';

export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <div className="page">
      <div className="head">
        <h1>This page failed</h1>
      </div>
      <ProblemNotice
        title="Something went wrong here"
        detail={`The server's log says what, under ${error.digest ?? 'the time of now'}. The other pages still work, and nothing was changed.`}
      >
        <Button small onClick={reset}>
          Try again
        </Button>
      </ProblemNotice>
    </div>
  );
}
