'use client';

import { type CSSProperties, type KeyboardEvent, useRef, useState } from 'react';
import { ChildCountsBar } from '@/components/flows/child-counts';
import { type Critical, followCritical, nodeKey } from '@/components/flows/critical';
import { StateMark } from '@/components/queues/state-mark';
import { PageLink } from '@/components/shell/nav/page-link';
import { Button } from '@/components/ui/button';
import { Running } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import { useFlowLevel } from '@/lib/client/flows';
import { CHILDREN_PER_PAGE } from '@/lib/client/http/page-sizes';
import { describeError } from '@/lib/client/http/problem-error';
import { jobHref } from '@/lib/client/http/url';
import type { ChildKind, FlowNode } from '@/lib/contracts/flows';
import { formatCount, formatDuration, formatPlural } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

interface FlowTreeProps {
  source: string;
  root: FlowNode;
  kind: ChildKind | null;
}

/** The flow as a tree for the keyboard and for screen readers; a level is read when it is opened. */
export function FlowTree({ source, root, kind }: FlowTreeProps) {
  const ref = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const rows = [...(ref.current?.querySelectorAll<HTMLElement>('[role="treeitem"]') ?? [])];
    const at = rows.indexOf(document.activeElement as HTMLElement);
    const row = rows[at];
    if (!row) return;
    const level = Number(row.getAttribute('aria-level'));
    const expanded = row.getAttribute('aria-expanded');
    const toggle = () => row.querySelector<HTMLElement>(':scope > .tree-row > [data-toggle]')?.click();
    if (event.key === 'ArrowDown') rows[at + 1]?.focus();
    else if (event.key === 'ArrowUp') rows[at - 1]?.focus();
    else if (event.key === 'Home') rows[0]?.focus();
    else if (event.key === 'End') rows.at(-1)?.focus();
    else if (event.key === 'ArrowRight') expanded === 'false' ? toggle() : rows[at + 1]?.focus();
    else if (event.key === 'ArrowLeft') {
      if (expanded === 'true') toggle();
      else
        rows
          .slice(0, at)
          .findLast((each) => Number(each.getAttribute('aria-level')) < level)
          ?.focus();
    } else if (event.key === 'Enter' && document.activeElement === row) row.querySelector('a')?.click();
    else return;
    event.preventDefault();
  };
  return (
    <div ref={ref} role="tree" aria-label="Flow" className="tree" onKeyDown={onKeyDown}>
      <TreeNode source={source} node={root} level={1} isCritical critical={{}} kind={kind} startsOpen />
    </div>
  );
}

interface TreeNodeProps {
  source: string;
  node: FlowNode;
  level: number;
  isCritical: boolean;
  /** What the answer above knows of the critical path from here on. */
  critical: Critical;
  kind: ChildKind | null;
  startsOpen?: boolean;
}

function TreeNode({ source, node, level, isCritical, critical, kind, startsOpen = false }: TreeNodeProps) {
  const [isOpen, setOpen] = useState(startsOpen);
  const hasChildren = (node.children?.total ?? 0) > 0;
  const name = node.name ?? node.id;
  const style: CSSProperties & { '--depth': number } = { '--depth': level - 1 };
  return (
    <div
      role="treeitem"
      aria-level={level}
      aria-expanded={hasChildren ? isOpen : undefined}
      aria-selected={false}
      aria-label={`${toVisible(name)}, ${node.state ?? 'gone'}${isCritical ? ', on the critical path' : ''}`}
      tabIndex={level === 1 ? 0 : -1}
    >
      <div className={`tree-row ${isCritical ? 'critical' : ''}`} style={style}>
        {hasChildren ? (
          <Button
            small
            icon
            look="ghost"
            tabIndex={-1}
            data-toggle
            aria-label={`${isOpen ? 'Close' : 'Open'} ${toVisible(name)}`}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? '▾' : '▸'}
          </Button>
        ) : (
          <span className="w-[26px] flex-none" />
        )}
        {node.state ? <StateMark state={node.state} /> : <span className="faint">Gone</span>}
        <PageLink
          className="clip font-[550] hover:underline"
          href={jobHref(source, node.queue, node.id)}
          tabIndex={-1}
          title={toVisible(`${node.queue}:${node.id}`)}
        >
          <Visible text={name} />
        </PageLink>
        <span className="mono faint clip max-sm:hidden">
          <Visible text={node.queue} />:<Visible text={node.id} />
        </span>
        {node.kind === 'ignored' && <span className="faint flex-none">ignored</span>}
        {node.error && (
          <span className="mono bad clip max-sm:hidden" title={toVisible(node.error)}>
            <Visible text={node.error} />
          </span>
        )}
        <span className="ml-auto flex flex-none items-center gap-3">
          {isCritical && level > 1 && <span className="faint max-sm:hidden">critical</span>}
          {node.children && hasChildren && <ChildCountsBar counts={node.children} />}
          <span className="muted tnum w-[72px] text-right max-sm:hidden">
            {node.state === 'active' && node.startedAt ? <Running at={node.startedAt} /> : formatDuration(node.runMs)}
          </span>
        </span>
      </div>
      {isOpen && hasChildren && (
        <Level source={source} node={node} level={level + 1} isCritical={isCritical} critical={critical} kind={kind} />
      )}
    </div>
  );
}

function Level({ source, node, level, isCritical, critical, kind }: TreeNodeProps) {
  const hasEnded = node.state === 'completed' || node.state === 'failed' || node.state === null;
  const known = useFlowLevel({ source, queue: node.queue, job: node.id }, level === 2 ? kind : null, !hasEnded);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = known;
  const style: CSSProperties & { '--depth': number } = { '--depth': level - 1 };
  const isOf = (child: FlowNode) => child.parent?.queue === node.queue && child.parent.id === node.id;
  const children = data?.pages.flatMap((page) => page.nodes.filter(isOf)) ?? [];
  const shown = new Map(children.map((child) => [nodeKey(child), child]));
  const path = isCritical ? followCritical(critical, data?.pages[0]?.criticalPath?.jobs ?? []) : {};
  const total = kind && level === 2 ? (node.children?.[kind] ?? 0) : (node.children?.total ?? 0);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of tree items, as the pattern for trees has it
    <div role="group">
      {!data && (
        <div className="tree-row muted" style={style}>
          {error
            ? `They could not be read. ${describeError(error)}`
            : `Reading ${formatPlural(total, 'child', 'children')}…`}
          {error && (
            <Button small onClick={() => void refetch()}>
              Try again
            </Button>
          )}
        </div>
      )}
      {[...shown.values()].map((child) => (
        <TreeNode
          key={nodeKey(child)}
          source={source}
          node={child}
          level={level}
          isCritical={nodeKey(child) in path}
          critical={path}
          kind={null}
        />
      ))}
      {hasNextPage && (
        <div className="tree-row" style={style}>
          <Button small busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {formatCount(Math.min(CHILDREN_PER_PAGE, Math.max(1, total - shown.size)))} more of {formatCount(total)}
          </Button>
        </div>
      )}
    </div>
  );
}
