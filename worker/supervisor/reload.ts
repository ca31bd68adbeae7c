import { watch } from 'node:fs';
import path from 'node:path';

/** Calls `reload` once, a moment after the last change to the code that the worker runs. Returns the end of watching. */
export function watchSources(root: string, reload: () => void): () => void {
  let timer: NodeJS.Timeout | null = null;
  const watchers = ['worker', 'lib'].map((folder) =>
    watch(path.join(root, folder), { recursive: true }, (_event, file) => {
      if (!file || !/\.ts$/.test(file) || /\.test\.ts$/.test(file)) return;
      if (timer) clearTimeout(timer);
      timer = setTimeout(reload, 300);
    }),
  );
  return () => {
    if (timer) clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
