/** When an agent should reach for a package, by the package's name; a package in packages/vendors says it by its description. */
export const WHEN: Readonly<Record<string, string>> = {
  '@valetkey/core':
    'Use when a program needs an API key or tokens of a vendor that does not follow OAuth 2, when it handles errors and events of credentials, or when it writes a store, a client plugin or a vendor package.',
  '@valetkey/oauth2':
    'Use when a program calls an API whose tokens come from an OAuth 2 token endpoint (client credentials, authorization code with PKCE, device code, JWT bearer, token exchange) and @valetkey/vendors does not list the vendor.',
  '@valetkey/fetch':
    'Use when code calls a vendor API with fetch, undici, node-fetch or a library that takes a fetch, and the token must be attached, refreshed and replayed.',
  '@valetkey/axios':
    'Use when code calls a vendor API with axios, or has a 401 interceptor, axios-auth-refresh or a refresh queue that should go.',
  '@valetkey/ky':
    'Use when code calls a vendor API with ky, or has a beforeRequest or afterResponse hook that sets or refreshes a token.',
  '@valetkey/vendors':
    'Use when a program calls GitHub, Google, Microsoft, Slack, Shopify, Salesforce, HubSpot or another of the hundred listed vendors with OAuth tokens or API keys.',
  '@valetkey/store-file': 'Use when several processes of one host, or one process after a restart, must keep tokens.',
  '@valetkey/store-redis': 'Use when processes on several hosts share tokens and the program has Redis or Valkey.',
  '@valetkey/store-postgres': 'Use when processes on several hosts share tokens and the program has Postgres.',
  '@valetkey/store-dynamodb': 'Use when functions or hosts on AWS share tokens and the program has DynamoDB.',
  '@valetkey/store-durable-object': 'Use when Cloudflare Workers share tokens.',
  '@valetkey/store-sqlite':
    'Use when processes of one host share tokens in a SQLite file, or hosts share them in libSQL.',
  '@valetkey/store-indexeddb': 'Use when tabs and workers of one site must share tokens in the browser.',
  '@valetkey/store-encrypted': 'Use when tokens must be encrypted at rest in any valetkey store.',
  '@valetkey/mcp':
    'Use when an MCP client must sign a person in to an MCP server with OAuth, keep that sign-in over restarts, or share it between processes.',
  '@valetkey/sign-in':
    "Use when a web server sends its users to a vendor's consent page and must handle the callback, cookies and sign-out.",
  '@valetkey/otel': 'Use when a program wants OpenTelemetry spans, metrics or alerts for its tokens.',
  '@valetkey/testing':
    'Use when tests need a vendor to sign in at without an account, a fake credential, or the contract tests of a store, client or vendor package.',
  valetkey:
    'Use when a person or a script in a terminal must sign in to a vendor API, print a token, send a request with it, or check why a sign-in fails.',
}
