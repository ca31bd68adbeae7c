import 'server-only';
import { notFound } from 'next/navigation';
import { CodedError, ERRORS } from '@/lib/contracts/errors';

export interface PageProblem {
  title: string;
  detail: string;
}

/** Both null: it was not this page's turn, and the browser asks for it in its own. */
export type Read<T> = { data: T; problem: null } | { data: null; problem: PageProblem | null };

/** Asks for what a page shows: a 404 becomes the not-found page, any other known error something to show in its place. */
export async function read<T>(asked: Promise<T>): Promise<Read<T>> {
  return readHere(
    asked.catch((error: unknown) => {
      if (error instanceof CodedError && (error.status === 404 || error.code === 'validation_failed')) notFound();
      throw error;
    }),
  );
}

/** The same, where a 404 has something to show in its place. */
export async function readHere<T>(asked: Promise<T>): Promise<Read<T>> {
  try {
    return { data: await asked, problem: null };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    if (error.code === 'too_many_requests') return { data: null, problem: null };
    return { data: null, problem: { title: ERRORS[error.code][1], detail: error.detail } };
  }
}

/** The same for what a page can do without. */
export async function readOrNull<T>(asked: Promise<T>): Promise<T | null> {
  return asked.catch((error: unknown) => {
    if (error instanceof CodedError) return null;
    throw error;
  });
}
