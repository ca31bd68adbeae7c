/** New data as the JSON text that is stored; undefined = none was given. */
export function toDataText({ data, text }: { data?: unknown; text?: string | undefined }): string | undefined {
  return text ?? (data === undefined ? undefined : JSON.stringify(data));
}
