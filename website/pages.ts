/** A document of the repository that is a page of the site. */
export interface Page {
  /** The document, relative to the root of the repository. */
  readonly source: string
  /** Its path on the site, without a leading slash. */
  readonly path: string
  /** Its name in the sidebar. */
  readonly title: string
}

export interface Group {
  readonly title: string
  /** Folded until a reader opens it. */
  readonly collapsed?: boolean
  readonly pages: readonly Page[]
}

/** The sidebar, from top to bottom. A document that is new gets its place here. */
export const groups: readonly Group[] = [
  {
    title: 'Start',
    pages: [
      page('docs/quick-start.md', 'quick-start', 'Quick start'),
      page('docs/concepts.md', 'concepts', 'Concepts'),
      page('README.md', 'overview', 'Overview'),
      page('docs/troubleshooting.md', 'troubleshooting', 'Troubleshooting'),
      page('docs/faq.md', 'faq', 'Questions'),
    ],
  },
  {
    title: 'Clients',
    pages: [
      page('packages/clients/fetch/README.md', 'clients/fetch', 'fetch'),
      page('packages/clients/axios/README.md', 'clients/axios', 'axios'),
      page('packages/clients/ky/README.md', 'clients/ky', 'ky'),
      page('packages/mcp/README.md', 'clients/mcp', 'MCP'),
      page('docs/recipes.md', 'recipes', 'Everything else'),
    ],
  },
  {
    title: 'Vendors',
    pages: [
      page('docs/vendors.md', 'vendors', 'All vendors'),
      page('packages/catalogue/README.md', 'vendors/catalogue', '@valetkey/vendors'),
      page('packages/vendors/airthings/README.md', 'vendors/airthings', 'Airthings'),
      page('packages/vendors/bluesonde/README.md', 'vendors/bluesonde', 'Bluesonde'),
      page('packages/vendors/flowlu/README.md', 'vendors/flowlu', 'Flowlu'),
      page('packages/vendors/flume/README.md', 'vendors/flume', 'Flume'),
      page('packages/vendors/m2m/README.md', 'vendors/m2m', 'm2m'),
      page('packages/oauth2/README.md', 'vendors/oauth2', 'Any OAuth 2 vendor'),
      page('packages/core/README.md', 'vendors/core', 'Any other vendor'),
    ],
  },
  {
    title: 'Stores',
    pages: [
      page('packages/stores/file/README.md', 'stores/file', 'Files'),
      page('packages/stores/redis/README.md', 'stores/redis', 'Redis'),
      page('packages/stores/postgres/README.md', 'stores/postgres', 'Postgres'),
      page('packages/stores/durable-object/README.md', 'stores/durable-object', 'Durable Objects'),
      page('packages/stores/dynamodb/README.md', 'stores/dynamodb', 'DynamoDB'),
      page('packages/stores/sqlite/README.md', 'stores/sqlite', 'SQLite'),
      page('packages/stores/indexeddb/README.md', 'stores/indexeddb', 'IndexedDB'),
      page('packages/stores/encrypted/README.md', 'stores/encrypted', 'Encryption'),
    ],
  },
  {
    title: 'Guides',
    pages: [
      page('docs/sign-in.md', 'sign-in', 'Users sign in'),
      page('packages/sign-in/README.md', 'sign-in/routes', '@valetkey/sign-in'),
      page('docs/identity-providers.md', 'identity-providers', 'Auth0, Keycloak, Okta, Entra'),
      page('docs/your-own-backend.md', 'your-own-backend', 'Your own backend'),
      page('docs/grants.md', 'grants', 'Grants without a user'),
      page('docs/further-parameters.md', 'further-parameters', 'Further parameters'),
      page('docs/dpop.md', 'dpop', 'DPoP'),
      page('packages/cli/README.md', 'cli', 'Command line'),
      page('docs/cli.md', 'cli/manual', 'Command line: manual'),
      page('docs/server-quickstart.md', 'server', 'Servers'),
      page('docs/observability.md', 'observability', 'Observability'),
      page('docs/events.md', 'events', 'Events and logs'),
      page('packages/otel/README.md', 'otel', 'Traces and metrics'),
      page('docs/scale.md', 'scale', 'Scale'),
      page('docs/keep-warm.md', 'keep-warm', 'Keep grants alive'),
      page('docs/shutting-down.md', 'shutting-down', 'Shutting down and freezing'),
      page('docs/commonjs.md', 'commonjs', 'CommonJS and TypeScript'),
      page('docs/react-native.md', 'react-native', 'React Native'),
      page('docs/agents.md', 'agents', 'Coding agents'),
      page('docs/testing-your-program.md', 'testing-your-program', 'Test your program'),
      page('packages/testing/README.md', 'testing', '@valetkey/testing'),
      page('docs/migrate-from-axios-auth-refresh.md', 'migrate/axios-auth-refresh', 'From axios-auth-refresh'),
      page(
        'docs/migrate-from-badgateway-oauth2-client.md',
        'migrate/badgateway-oauth2-client',
        'From @badgateway/oauth2-client',
      ),
      page('docs/migrate-from-simple-oauth2.md', 'migrate/simple-oauth2', 'From simple-oauth2'),
      page(
        'docs/migrate-from-passport-oauth2-refresh.md',
        'migrate/passport-oauth2-refresh',
        'From passport-oauth2-refresh',
      ),
      page('docs/migrate-from-client-oauth2.md', 'migrate/client-oauth2', 'From client-oauth2, axios-oauth-client'),
      page('docs/migrate-from-arctic.md', 'migrate/arctic', 'From arctic'),
    ],
  },
  {
    title: 'Recipes',
    collapsed: true,
    pages: [
      page('examples/ai-sdk-agent/README.md', 'recipes/ai-sdk-agent', 'Vercel AI SDK, MCP'),
      page('examples/ai-sdks/README.md', 'recipes/ai-sdks', 'OpenAI, Anthropic, MCP'),
      page('examples/cloudflare-worker/README.md', 'recipes/cloudflare-worker', 'Cloudflare Workers'),
      page('examples/express-per-user/README.md', 'recipes/express-per-user', 'Express, a token per user'),
      page('examples/github-app/README.md', 'recipes/github-app', 'GitHub App'),
      page('examples/graphql-request/README.md', 'recipes/graphql-request', 'graphql-request'),
      page('examples/hey-api/README.md', 'recipes/hey-api', 'hey-api'),
      page('examples/mcp-stdio-host/README.md', 'recipes/mcp-stdio-host', 'MCP in a terminal'),
      page('examples/next-route-handler/README.md', 'recipes/next-route-handler', 'Next.js'),
      page('examples/ofetch/README.md', 'recipes/ofetch', 'ofetch'),
      page('examples/openapi-fetch/README.md', 'recipes/openapi-fetch', 'openapi-fetch'),
      page('examples/sign-in-routes/README.md', 'recipes/sign-in-routes', 'Sign-in routes'),
      page('examples/undici-request/README.md', 'recipes/undici-request', 'undici.request'),
      page('examples/wretch/README.md', 'recipes/wretch', 'wretch'),
    ],
  },
  {
    title: 'Behaviour',
    pages: [
      page('docs/coordination.md', 'behaviour/coordination', 'How a token survives'),
      page('docs/client-behaviour.md', 'behaviour/clients', 'What clients do'),
      page('SECURITY.md', 'behaviour/security', 'Security'),
      page('docs/security-matrix.md', 'behaviour/security-matrix', 'Protections and tests'),
      page('docs/chaos.md', 'behaviour/chaos', 'Chaos runs'),
      page('docs/runtimes.md', 'behaviour/runtimes', 'Runtimes'),
      page('docs/performance.md', 'behaviour/performance', 'Performance'),
      page('docs/sizes.md', 'behaviour/sizes', 'Sizes'),
      page('bench/README.md', 'behaviour/benchmarks', 'Benchmarks'),
    ],
  },
  {
    title: 'Extend',
    pages: [
      page('docs/add-a-vendor.md', 'extend/vendor', 'Add a vendor'),
      page('docs/write-a-store.md', 'extend/store', 'Write a store'),
      page('docs/write-a-client.md', 'extend/client', 'Write a client plugin'),
      page('examples/third-party-vendor/README.md', 'extend/third-party-vendor', 'A vendor outside this family'),
      page('docs/architecture.md', 'extend/architecture', 'Architecture'),
      page('docs/glossary.md', 'extend/glossary', 'Glossary'),
      page('CONTRIBUTING.md', 'extend/contributing', 'Contribute'),
      page('CODE_OF_CONDUCT.md', 'extend/conduct', 'Conduct'),
    ],
  },
]

/** Documents of which every one is a page. */
const FOLDERS: readonly (readonly [RegExp, string])[] = [
  [/^docs\/vendors\/([\w-]+)\.md$/, 'vendors/of/'],
  [/^docs\/decisions\/(\d{4}-[\w-]+)\.md$/, 'decisions/'],
  [/^website\/reference\/([\w@/-]+)\.md$/, 'reference/'],
  [/^website\/(index)\.md$/, ''],
]

const paths = new Map(groups.flatMap(({ pages }) => pages.map(({ source, path }) => [source, path] as const)))

/** The path of a document's page on the site, without a slash before it; undefined when it has none. */
export function pathOf(source: string): string | undefined {
  for (const [pattern, folder] of FOLDERS) {
    const name = pattern.exec(source)?.[1]
    if (name !== undefined) return folder + name
  }
  return paths.get(source)
}

function page(source: string, path: string, title: string): Page {
  return { source, path, title }
}
