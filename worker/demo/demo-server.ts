/** A server of the demo's own on 127.0.0.1. */
export interface DemoServer {
  port: number;
  close(): Promise<void>;
}
