/** What the packages of a folder may import besides themselves; the reasons are in `docs/decisions/0003-layers.md`. */
export interface Layer {
  /** A folder, or `folder/*` for all the packages in it. The first row that matches counts. */
  readonly folder: string
  readonly mayImport: readonly string[]
  /** Where Node built-ins may be imported: everywhere, or in files below a folder. Absent: Web-standard APIs only. */
  readonly node?: 'everywhere' | { readonly below: string }
}

const LAYERS: readonly Layer[] = [
  { folder: 'packages/core', mayImport: ['jose'] },
  { folder: 'packages/oauth2', mayImport: ['@valetkey/core', 'oauth4webapi', 'jose'] },
  { folder: 'packages/mcp', mayImport: ['@valetkey/core', '@valetkey/oauth2'] },
  { folder: 'packages/clients/fetch', mayImport: ['@valetkey/core'] },
  { folder: 'packages/clients/axios', mayImport: ['@valetkey/core', 'axios'] },
  { folder: 'packages/clients/ky', mayImport: ['@valetkey/core', '@valetkey/fetch', 'ky'] },
  { folder: 'packages/catalogue', mayImport: ['@valetkey/core', '@valetkey/oauth2'] },
  { folder: 'packages/vendors/*', mayImport: ['@valetkey/core', '@valetkey/oauth2'] },
  { folder: 'packages/stores/file', mayImport: ['@valetkey/core', '@valetkey/store-encrypted'], node: 'everywhere' },
  { folder: 'packages/stores/encrypted', mayImport: ['@valetkey/core', 'jose'] },
  { folder: 'packages/stores/dynamodb', mayImport: ['@valetkey/core', '@aws-sdk/client-dynamodb'] },
  { folder: 'packages/stores/durable-object', mayImport: ['@valetkey/core', '@valetkey/store-sqlite'] },
  { folder: 'packages/stores/*', mayImport: ['@valetkey/core'] },
  {
    folder: 'packages/otel',
    mayImport: ['@valetkey/core', '@opentelemetry/api'],
    node: { below: 'src/diagnostics.ts' },
  },
  {
    folder: 'packages/testing',
    mayImport: ['@valetkey/core', 'hono', '@hono/node-server', 'jose'],
    node: { below: 'src/simulators/' },
  },
]

/** Folders that use the packages as anybody would: what they import is their own affair, but for each other. */
const USERS = ['packages/cli', 'packages/test-support', 'apps', 'bench', 'chaos']

/** `undefined`: no row names the folder. */
export function layerOf(folder: string): Layer | undefined {
  return LAYERS.find((layer) => layer.folder === folder || layer.folder === folder.replace(/[^/]+$/, '*'))
}

export function isUser(folder: string): boolean {
  return USERS.some((user) => folder === user || folder.startsWith(`${user}/`))
}
