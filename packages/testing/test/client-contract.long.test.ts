import { expect, test } from 'vitest'
import { clientContract, type MakeClient, type Runner } from '../src/index.ts'
import { contractServer } from '../src/simulators/index.ts'
import { BROKEN_CLIENTS } from './client-contract/broken-clients.ts'
import { clientOf } from './client-contract/client.ts'
import { OPTIONS } from './client-contract/options.ts'

const RULES = Array.from({ length: 20 }, (_, index) => `C${index + 1}`)

test.each(BROKEN_CLIENTS)('$rule and no other rule catches a client that $fault', async ({ parts, rule }) => {
  expect(await failedRules(clientOf(parts))).toEqual([rule])
})

test('every rule catches somebody', () => {
  expect([...new Set(BROKEN_CLIENTS.map(({ rule }) => rule))]).toEqual(RULES)
})

/** The rules whose tests fail; all run at the same time, against one server. */
async function failedRules(makeClient: MakeClient): Promise<string[]> {
  await using server = await contractServer()
  const { url } = server
  const outcomes: Promise<string[]>[] = []
  const runner: Runner = {
    describe: (_, define) => define(),
    test: (name, run) => void outcomes.push(isFailing(run).then((fails) => (fails ? [ruleOf(name)] : []))),
  }
  clientContract(runner, makeClient, { ...OPTIONS, server: () => ({ url }) })
  return [...new Set((await Promise.all(outcomes)).flat())]
}

function ruleOf(name: string): string {
  return name.split(':')[0] ?? ''
}

async function isFailing(run: () => void | Promise<void>): Promise<boolean> {
  try {
    await run()
    return false
  } catch {
    return true
  }
}
