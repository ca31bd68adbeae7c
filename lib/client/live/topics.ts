/** Topic names as the server reads them; each part URI-encoded. */
export const OVERVIEW_TOPIC = 'overview';
export const OPERATIONS_TOPIC = 'operations';

export function queueTopic(source: string, queue: string): string {
  return `queue:${encodePart(source)}/${encodePart(queue)}`;
}

export function jobTopic(source: string, queue: string, job: string): string {
  return `job:${encodePart(source)}/${encodePart(queue)}/${encodePart(job)}`;
}

const encodePart = (part: string) => encodeURIComponent(part);
