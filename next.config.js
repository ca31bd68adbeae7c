/** @type {import('next').NextConfig} */
const config = {
  reactStrictMode: true,
  poweredByHeader: false,
  reactCompiler: true,
  typedRoutes: false,
  devIndicators: false,
  distDir: process.env.QUEUEDECK_DIST_DIR ?? '.next',
  typescript: { tsconfigPath: 'tsconfig.build.json' },
  serverExternalPackages: ['bullmq', 'ioredis', 'pg', 'pino'],
};

export default config;
