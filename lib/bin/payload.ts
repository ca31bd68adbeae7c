import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';

const compress = promisify(deflateRaw);
const expand = promisify(inflateRaw);
/** A load is 4 MB before compression, or one job that is bigger. */
const MAX_EXPANDED_BYTES = 600_000_000;

/** Deflated: for each blob its length (32 bits, big-endian), then the blob. Quick rather than small. */
export async function packPayload(blobs: readonly Buffer[]): Promise<Buffer> {
  const parts = blobs.flatMap((blob) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(blob.length);
    return [length, blob];
  });
  return compress(Buffer.concat(parts), { level: 1 });
}

export async function unpackPayload(payload: Buffer): Promise<Buffer[]> {
  const all = await expand(payload, { maxOutputLength: MAX_EXPANDED_BYTES });
  const blobs: Buffer[] = [];
  for (let at = 0; at + 4 <= all.length; ) {
    const length = all.readUInt32BE(at);
    blobs.push(all.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return blobs;
}
