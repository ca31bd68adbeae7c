import type { Metadata } from 'next';
import { Hydrated } from '@/components/shell/hydrated';
import { SourceView } from '@/components/sources/source-view';
import { decodePart } from '@/lib/client/http/url';
import { keys } from '@/lib/client/query-keys';
import { toVisible } from '@/lib/format/visible';
import { ask } from '@/lib/http/ask';
import { read } from '@/lib/http/read';

interface SourcePageProps {
  params: Promise<{ source: string }>;
}

export async function generateMetadata({ params }: SourcePageProps): Promise<Metadata> {
  return { title: toVisible(decodePart((await params).source)) };
}

export default async function SourcePage({ params }: SourcePageProps) {
  const name = decodePart((await params).source);
  const source = await read(ask('source.get', { source: name }));
  return (
    <Hydrated entries={[[keys.source(name), source.data]]}>
      <SourceView name={name} problem={source.problem} />
    </Hydrated>
  );
}
