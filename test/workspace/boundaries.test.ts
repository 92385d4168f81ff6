import { describe, expect, test } from 'vitest'
import { RULES } from './boundaries/rules.ts'
import { type Manifest, readWorkspace, type WorkspacePackage, workspacePackage } from './boundaries/workspace.ts'

const workspace = readWorkspace()

describe('the packages of this repository', () => {
  test.each(RULES)('$name', (rule) => {
    expect(rule.violations(workspace)).toEqual([])
  })

  test('are all read, with their sources', () => {
    const withSources = workspace.filter(({ files }) => files.some(({ path }) => path === 'src/index.ts'))
    expect(withSources.map(({ folder }) => folder)).toEqual(
      expect.arrayContaining(['packages/core', 'packages/oauth2', 'packages/clients/fetch', 'packages/vendors/flume']),
    )
  })
})

/** A small workspace of our shape in which every rule holds. */
const CORE = member('packages/core', { name: '@valetkey/core' }, { 'src/index.ts': `export { a } from './a.ts'` })
const FETCH = member('packages/clients/fetch', { name: '@valetkey/fetch', ...onCore() }, {})
const FILE_STORE = member(
  'packages/stores/file',
  { name: '@valetkey/store-file', ...onCore() },
  {
    'src/index.ts': `import { open } from 'node:fs/promises'`,
  },
)
const FLUME = member(
  'packages/vendors/flume',
  { name: '@valetkey/flume', ...onCore() },
  {
    'src/index.ts': `import type { Credential } from '@valetkey/core'`,
    'test/flume.test.ts': `import { withCredential } from '@valetkey/fetch'`,
  },
)
const AIRTHINGS = member('packages/vendors/airthings', { name: '@valetkey/airthings', ...onCore() }, {})
const APP = member(
  'apps/dashboard',
  { name: '@valetkey-app/dashboard' },
  { 'src/main.ts': 'console.log(process.env.PORT)' },
)
const TIDY = [CORE, FETCH, FILE_STORE, FLUME, AIRTHINGS, APP]

/** The tidy workspace with one package changed: how each rule can be broken, and what the rule says then. */
const BROKEN: readonly {
  readonly rule: string
  readonly how: string
  readonly pkg: WorkspacePackage
  readonly says: string
}[] = [
  {
    rule: 'every package has a row in the table of layers',
    how: 'a package in a folder nobody thought of',
    pkg: member('packages/misc', { name: '@valetkey/misc' }, {}),
    says: 'packages/misc has no row in layers.ts',
  },
  {
    rule: 'a package imports and depends on what its row of the table names, and nothing else',
    how: 'a library that is not in the row',
    pkg: changed(CORE, { 'src/index.ts': `import _ from 'lodash'` }),
    says: 'packages/core/src/index.ts: lodash',
  },
  {
    rule: 'a package imports and depends on what its row of the table names, and nothing else',
    how: 'a dependency in the manifest only',
    pkg: changed(FETCH, {}, { peerDependencies: { '@valetkey/core': '*', undici: '7' } }),
    says: 'packages/clients/fetch/package.json peerDependencies: undici',
  },
  {
    rule: 'core imports no other package of ours',
    how: 'a type',
    pkg: changed(CORE, { 'src/index.ts': `import type { flume } from '@valetkey/flume'` }),
    says: 'packages/core/src/index.ts: @valetkey/flume',
  },
  {
    rule: 'a vendor imports no other vendor, no client and no store',
    how: 'another vendor, later',
    pkg: changed(FLUME, { 'src/index.ts': `const other = await import('@valetkey/airthings')` }),
    says: 'packages/vendors/flume/src/index.ts: @valetkey/airthings',
  },
  {
    rule: 'a vendor imports no other vendor, no client and no store',
    how: 'a client that it re-exports',
    pkg: changed(FLUME, { 'src/index.ts': `export { withCredential } from '@valetkey/fetch'` }),
    says: 'packages/vendors/flume/src/index.ts: @valetkey/fetch',
  },
  {
    rule: 'a vendor imports no other vendor, no client and no store',
    how: 'a store that it installs',
    pkg: changed(FLUME, {}, { dependencies: { '@valetkey/store-file': '1' } }),
    says: 'packages/vendors/flume/package.json dependencies: @valetkey/store-file',
  },
  {
    rule: 'a store imports no vendor',
    how: 'a type in a type',
    pkg: changed(FILE_STORE, { 'src/index.ts': `export type F = import('@valetkey/flume').Flume` }),
    says: 'packages/stores/file/src/index.ts: @valetkey/flume',
  },
  {
    rule: 'a client imports no vendor',
    how: 'a vendor for its name',
    pkg: changed(FETCH, { 'src/index.ts': `import * as flume from '@valetkey/flume'` }),
    says: 'packages/clients/fetch/src/index.ts: @valetkey/flume',
  },
  {
    rule: 'nothing imports an app, not even a test',
    how: 'a helper of the app in a test',
    pkg: changed(FLUME, { 'test/flume.test.ts': `import { table } from '@valetkey-app/dashboard'` }),
    says: 'packages/vendors/flume/test/flume.test.ts: @valetkey-app/dashboard',
  },
  {
    rule: 'nothing reaches past a package’s entry points',
    how: 'a file inside another package',
    pkg: changed(APP, { 'src/main.ts': `import { step } from '@valetkey/core/src/step.ts'` }),
    says: 'apps/dashboard/src/main.ts imports @valetkey/core/src/step.ts',
  },
  {
    rule: 'no relative import leaves its package',
    how: 'the neighbour’s folder',
    pkg: changed(FLUME, { 'test/flume.test.ts': `export * from '../../../core/src/index.ts'` }),
    says: 'packages/vendors/flume/test/flume.test.ts imports ../../../core/src/index.ts',
  },
  {
    rule: 'core, oauth2, clients, vendors, stores but the file store, and the contract suites use no Node built-in',
    how: 'a built-in without the node: prefix',
    pkg: changed(CORE, { 'src/index.ts': `import { createHash } from 'crypto'` }),
    says: 'packages/core/src/index.ts imports crypto',
  },
  {
    rule: 'core, oauth2, clients, vendors, stores but the file store, and the contract suites use no Node built-in',
    how: 'a built-in in a contract suite, beside simulators that may',
    pkg: member(
      'packages/testing',
      { name: '@valetkey/testing', ...onCore() },
      {
        'src/simulators/index.ts': `import { createServer } from 'node:http'`,
        'src/store-contract.ts': `import { test } from 'node:test'`,
      },
    ),
    says: 'packages/testing/src/store-contract.ts imports node:test',
  },
  {
    rule: 'no imports of the command line or of an app lead in a circle',
    how: 'a type that comes back',
    pkg: changed(APP, {
      'src/main.ts': `import { a } from './deep/a.ts'`,
      'src/deep/a.ts': `import { b } from './b.ts'`,
      'src/deep/b.ts': `import type { A } from '../deep/a.ts'`,
    }),
    says: 'apps/dashboard: src/deep/a.ts → src/deep/b.ts → src/deep/a.ts',
  },
  {
    rule: 'only the CLI and apps read environment variables',
    how: 'a default from the environment',
    pkg: changed(FLUME, { 'src/index.ts': 'export const id = globalThis.process?.env.FLUME_CLIENT_ID' }),
    says: 'packages/vendors/flume/src/index.ts',
  },
  {
    rule: 'only the CLI and apps read environment variables',
    how: 'the environment taken apart',
    pkg: changed(FLUME, { 'src/index.ts': 'const { env: variables } = process' }),
    says: 'packages/vendors/flume/src/index.ts',
  },
  {
    rule: 'only the CLI and apps read environment variables',
    how: 'what a bundler fills in',
    pkg: changed(FETCH, { 'src/index.ts': `export const isDevelopment = import.meta.env['DEV']` }),
    says: 'packages/clients/fetch/src/index.ts',
  },
  {
    rule: 'what a package imports is a dependency or a peer dependency of it, in what is not published also a development dependency',
    how: 'a development dependency in the sources',
    pkg: changed(
      FLUME,
      { 'src/index.ts': `import { oauth2 } from '@valetkey/oauth2'` },
      { devDependencies: { '@valetkey/oauth2': '1' } },
    ),
    says: 'packages/vendors/flume/src/index.ts: @valetkey/oauth2',
  },
  {
    rule: 'packages that exchange objects with core have it as a peer dependency',
    how: 'core as a plain dependency',
    pkg: changed(
      FLUME,
      { 'src/index.ts': `import type { Credential } from '@valetkey/core'` },
      { peerDependencies: {}, dependencies: { '@valetkey/core': '1' } },
    ),
    says: 'packages/vendors/flume/package.json',
  },
  {
    rule: 'an entry point is an explicit list of named exports',
    how: 'a star export',
    pkg: changed(CORE, { 'src/index.ts': `export * from './a.ts'` }),
    says: 'packages/core/src/index.ts has `export *` or a default export',
  },
  {
    rule: 'an entry point is an explicit list of named exports',
    how: 'a default export',
    pkg: changed(CORE, { 'src/index.ts': 'export default 1' }),
    says: 'packages/core/src/index.ts has `export *` or a default export',
  },
  {
    rule: 'every import names its module literally, so that these rules can read it',
    how: 'a computed import',
    pkg: changed(CORE, { 'src/index.ts': `const vendor = (name: string) => import('@valetkey/' + name)` }),
    says: 'packages/core/src/index.ts',
  },
]

describe('the rules', () => {
  test.each(RULES)('pass a tidy workspace: $name', (rule) => {
    expect(rule.violations(TIDY)).toEqual([])
  })

  test.each(BROKEN)('catch $how: $rule', ({ rule, pkg, says }) => {
    const broken = [...TIDY.filter(({ folder }) => folder !== pkg.folder), pkg]
    expect(RULES.find(({ name }) => name === rule)?.violations(broken)).toEqual([says])
  })

  test.each(RULES)('each have an example that breaks them: $name', ({ name }) => {
    expect(BROKEN.map(({ rule }) => rule)).toContain(name)
  })
})

function member(folder: string, manifest: Manifest, files: Readonly<Record<string, string>>): WorkspacePackage {
  return workspacePackage(folder, { exports: { '.': {} }, ...manifest }, files)
}

function changed(
  pkg: WorkspacePackage,
  files: Readonly<Record<string, string>>,
  manifest: Partial<Manifest> = {},
): WorkspacePackage {
  return member(pkg.folder, { ...pkg.manifest, ...manifest }, files)
}

function onCore(): Partial<Manifest> {
  return { peerDependencies: { '@valetkey/core': '1' } }
}
