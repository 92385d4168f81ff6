import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ClientContractOptions, MakeClient } from '@valetkey/testing'
import axios from 'axios'
import { expect, test } from 'vitest'
import { CLIENTS as AXIOS_IN_CHROMIUM } from '../../../packages/clients/axios/test/contract-chromium.ts'
import { clientsOf } from '../../../packages/clients/axios/test/contract-clients.ts'
import { CLIENTS as FETCH_IN_CHROMIUM } from '../../../packages/clients/fetch/test/contract-chromium.ts'
import { CLIENTS as FETCH } from '../../../packages/clients/fetch/test/contract-clients.ts'
import { CLIENTS as KY_IN_CHROMIUM } from '../../../packages/clients/ky/test/contract-chromium.ts'
import { CLIENTS as KY } from '../../../packages/clients/ky/test/contract-clients.ts'
import { root } from '../boundaries/workspace.ts'
import { labelOf, nodeVersions, PROGRAMS, type Program } from './clients.ts'
import { documentOf } from './document.ts'
import { type PlatformOutcome, plannedOutcome } from './outcome.ts'
import { RULES } from './rules.ts'

type Client = { readonly makeClient: MakeClient; readonly options: ClientContractOptions }

const CLIENTS: Readonly<Record<Program['entry'], readonly Client[]>> = {
  fetch: FETCH,
  ky: KY,
  axios: clientsOf(axios, 'axios'),
}

const IN_CHROMIUM = [...FETCH_IN_CHROMIUM, ...KY_IN_CHROMIUM, ...AXIOS_IN_CHROMIUM]

const PLANNED: readonly PlatformOutcome[] = [
  ...PROGRAMS.flatMap(plannedOf),
  ...IN_CHROMIUM.map(({ makeClient, options }) =>
    planned({ makeClient, options: { ...options, server: () => ({ url: '' }) } }, 'Chromium'),
  ),
]

test('docs/client-behaviour.md is what the tests of these clients say when all pass; else: pnpm client-matrix', () => {
  const page = readFileSync(join(root, 'docs/client-behaviour.md'), 'utf8')
  expect(page).toBe(documentOf(PLANNED, nodeVersions()))
})

test('every client has a test of every rule, or a reason why not', () => {
  for (const { client, cases, excluded } of PLANNED) {
    const names = [...cases, ...excluded].map(({ name }) => name.split(':')[0])
    expect([client, new Set(names)]).toEqual([client, new Set(Object.keys(RULES))])
  }
})

test('a rule with a test that failed, or without any, is ✗', () => {
  const cases = [
    { name: 'C1: one', passed: true },
    { name: 'C2: one', passed: true },
    { name: 'C2: another', passed: false },
    { name: 'C11: one', passed: true },
  ]
  const excluded = [{ name: 'C14: one', reason: 'it has no hooks' }]
  const page = documentOf([{ client: 'boats', platform: 'Node 20', cases, excluded }], '')
  const cells = page
    .match(/^\| boats .*$/m)?.[0]
    .split('|')
    .map((cell) => cell.trim())
  const failed = (count: number) => Array(count).fill('✗')
  const expected = ['✓', ...failed(9), '✓', ...failed(2), 'n/a <sup>1</sup>', ...failed(6)]
  expect(cells).toEqual(['', 'boats', 'Node 20', ...expected, ''])
  expect(page).toContain('1. it has no hooks')
})

function plannedOf({ entry, only, alias, nodes }: Program): readonly PlatformOutcome[] {
  const clients = CLIENTS[entry].filter(({ options }) => [undefined, options.name].includes(only))
  return nodes.flatMap((node) => clients.map((client) => planned(client, `Node ${node}`, alias)))
}

function planned({ makeClient, options }: Client, platform: string, alias?: Program['alias']): PlatformOutcome {
  const outcome = plannedOutcome(makeClient, options)
  return { ...outcome, client: labelOf(outcome.client, alias), platform }
}
