/** Runs once when the web server starts. Node code stands in its own file, so that no edge build meets it. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === 'nodejs') await import('./instrumentation-node');
}
