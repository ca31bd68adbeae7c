import { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import { writeWhole } from '@/worker/export/part-file';
import type { Message } from './welcome-message';

/** Writes the message as an .eml file named after its Message-ID, so that a repeat replaces it. Returns the file's name. */
export async function saveToOutbox(dir: string, message: Message, signal: AbortSignal): Promise<string> {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  const { message: bytes } = await transport.sendMail({ ...message, disableFileAccess: true, disableUrlAccess: true });
  const file = `${message.messageId.replace(/[<>]/g, '').replace(/[^A-Za-z0-9@.-]/g, '-')}.eml`;
  await writeWhole(dir, file, Readable.from([bytes as Buffer]), signal);
  return file;
}
