const dev = process.env.NODE_ENV === 'development';

/** Nothing is ever asked of another host, and nobody frames us. Next's own inline scripts need 'unsafe-inline'. */
const policy = [
  "default-src 'self'",
  `script-src 'self' 'unsafe-inline'${dev ? " 'unsafe-eval'" : ''}`,
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  `connect-src 'self'${dev ? ' ws:' : ''}`,
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** @type {import('next').NextConfig} */
const config = {
  reactStrictMode: true,
  poweredByHeader: false,
  reactCompiler: true,
  devIndicators: false,
  distDir: process.env.QUEUEDECK_DIST_DIR ?? '.next',
  // A run that checks all types by itself need not have some of them checked again.
  typescript: { tsconfigPath: 'tsconfig.build.json', ignoreBuildErrors: process.env.QUEUEDECK_TYPES === 'checked' },
  serverExternalPackages: ['@datadog/sketches-js', 'bullmq', 'ioredis', 'pg', 'pino', 'prom-client'],
  // Where Prometheus looks unless it is told.
  rewrites: async () => [{ source: '/metrics', destination: '/api/v1/metrics' }],
  headers: async () => [
    {
      source: '/:path*',
      headers: [
        { key: 'content-security-policy', value: policy },
        { key: 'x-content-type-options', value: 'nosniff' },
        { key: 'referrer-policy', value: 'no-referrer' },
      ],
    },
  ],
};

export default config;
