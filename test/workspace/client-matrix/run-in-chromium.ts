import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CLIENTS as AXIOS } from '../../../packages/clients/axios/test/contract-chromium.ts'
import { CLIENTS as FETCH } from '../../../packages/clients/fetch/test/contract-chromium.ts'
import { CLIENTS as KY } from '../../../packages/clients/ky/test/contract-chromium.ts'
import { root } from '../boundaries/workspace.ts'
import { labelOf } from './clients.ts'
import { execute } from './execute.ts'
import { type PlatformOutcome, plannedOutcome } from './outcome.ts'

/** What the JSON reporter of vitest writes. */
interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[]
      readonly title: string
      readonly status: string
    }[]
  }[]
}

/** Runs the browser tests of the contract, and reads what came of them. */
export async function runInChromium(folder: string): Promise<readonly PlatformOutcome[]> {
  const file = join(folder, 'chromium.json')
  const config = join(root, 'test/browser/vitest.config.ts')
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${file}`]
  await execute('vitest', ['run', '--config', config, '--project', 'page', 'test/contract.browser', ...reporters])
  const report: Report = JSON.parse(await readFile(file, 'utf8'))
  return [...FETCH, ...KY, ...AXIOS].map((client) => outcomeOf(client, report))
}

function outcomeOf({ makeClient, options }: (typeof FETCH)[number], { testResults }: Report): PlatformOutcome {
  const { excluded } = plannedOutcome(makeClient, { ...options, server: () => ({ url: '' }) })
  const cases = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ ancestorTitles }) => ancestorTitles.includes(`client contract of ${options.name}`))
    .map(({ title, status }) => ({ name: title, passed: status === 'passed' }))
  return { client: labelOf(options.name), platform: 'Chromium', cases, excluded }
}
