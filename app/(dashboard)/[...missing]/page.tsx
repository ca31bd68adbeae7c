import { notFound } from 'next/navigation';

/** Every other address: the not-found page inside the shell. */
export default function MissingPage() {
  notFound();
}
