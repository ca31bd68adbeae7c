/** Something that a person should look at, as a lane shows it. */
export interface LaneItem {
  id: string;
  /** The queue, or the source. */
  subject: string;
  href: string;
  /** What is the case, and why. */
  sentence: string;
  /** ISO time; null = not known. */
  since: string | null;
  /** What most of its failed jobs have in common. `href`: null = the record does not have it. */
  cause: { message: string; note: string; href: string | null } | null;
}
