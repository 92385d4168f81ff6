import { runTwoHosts } from '../support/two-hosts.ts'

/** The table of the README, made anew: `node --conditions=@valetkey/source packages/mcp/test/measure/main.ts`. */
for (const how of ['valetkey', 'sdk'] as const) {
  const { calls, failures, asked, counts } = await runTwoHosts(how)
  console.log(how, JSON.stringify({ calls, failed: failures.length, asked, ...counts }))
  for (const failure of new Set(failures)) console.log(`  ${failure}`)
}
