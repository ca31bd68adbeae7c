/** Domains whose mail goes to a server of this process's own, before any other way: how demo mail stays on this machine. */
const ROUTES = new Map<string, string>();

/** Sends what is addressed to `domain` to `smtpUrl`, until the returned function is called. */
export function routeMailDomain(domain: string, smtpUrl: string): () => void {
  ROUTES.set(domain, smtpUrl);
  return () => void ROUTES.delete(domain);
}

export function findMailRoute(address: string): string | null {
  return ROUTES.get(address.slice(address.lastIndexOf('@') + 1).toLowerCase()) ?? null;
}
