import { CodedError } from '@/lib/contracts/errors';
import { problemResponse } from '@/lib/http/problem';

const refuse = async (request: Request) =>
  problemResponse(new CodedError('not_found', `Nothing answers at ${new URL(request.url).pathname.slice(0, 200)}.`));

export { refuse as DELETE, refuse as GET, refuse as PATCH, refuse as POST, refuse as PUT };
