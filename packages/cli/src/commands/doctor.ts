import { memoryStore } from '@valetkey/core'
import { type Account, createCredential, listAccounts, settingsOf } from '../accounts.ts'
import { EXIT, usageError } from '../cli-error.ts'
import { columns } from '../columns.ts'
import type { Run } from '../command.ts'
import type { Check } from '../doctor/check.ts'
import { checkHosts } from '../doctor/hosts.ts'
import { checkRecords } from '../doctor/records.ts'
import { checkStores } from '../doctor/store.ts'
import { messageOf } from '../output.ts'
import { type Session, withSession } from '../session.ts'
import { listVendors } from '../vendors/find-vendor.ts'
import { variableOf } from '../vendors/variables.ts'

export const run: Run = (invocation) =>
  withSession(invocation, async (session) => {
    const { repair, yes } = invocation.flags
    if (yes && !repair) throw usageError('--yes goes with --repair')
    const stores = await checkStores(session)
    const [listed, accounts] = await findAccounts(session)
    const records = await checkRecords(session, accounts, { isRepair: repair === true, isSure: yes === true })
    const credentials = await Promise.all(accounts.map(checkAccount))
    const hosts = await checkHosts(accounts, session.io)
    const checks = [await checkConfiguration(session), ...stores, ...records, ...listed, ...credentials, ...hosts]
    // Results of an aborted wait are not reported.
    session.io.signal.throwIfAborted()
    const rows = checks.map(({ state, subject, detail }) => [state, subject, detail])
    session.output.result({ checks }, ...columns(rows))
    return checks.some(({ state }) => state === 'failed') ? EXIT.failed : EXIT.ok
  })

async function checkConfiguration(session: Session): Promise<Check> {
  const { project } = session
  const subject = 'configuration'
  try {
    const vendors = [...listVendors(project)].filter(([vendor]) => hasSettings(session, vendor))
    for (const [, find] of vendors) settingsOf(session, await find())
    if (project.ignored !== undefined) return { subject, state: 'warning', detail: project.ignored }
    return { subject, state: 'ok', detail: project.config.file ?? 'no valetkey.config.json in this folder' }
  } catch (error) {
    return { subject, state: 'failed', detail: messageOf(error) }
  }
}

function hasSettings({ project, io }: Session, vendor: string): boolean {
  const prefix = variableOf(vendor, '')
  return project.config.vendors[vendor] !== undefined || Object.keys(io.env).some((name) => name.startsWith(prefix))
}

async function findAccounts(session: Session): Promise<[Check[], readonly Account[]]> {
  try {
    const { accounts, broken } = await listAccounts(session, () => {})
    const checks = broken.map(
      ({ vendor, account, problem }): Check => ({
        subject: `${vendor} (${account})`,
        state: 'failed',
        detail: problem,
      }),
    )
    return [checks, accounts]
  } catch (error) {
    return [[{ subject: 'accounts', state: 'failed', detail: messageOf(error) }], []]
  }
}

/** Whether its package and its options make a credential; nothing is sent. */
async function checkAccount(account: Account): Promise<Check> {
  const subject = `${account.vendor.vendor} (${account.account})`
  try {
    await createCredential(account, memoryStore())
    return { subject, state: 'ok', detail: `${account.grant}, by ${account.vendor.folder}` }
  } catch (error) {
    return { subject, state: 'failed', detail: messageOf(error) }
  }
}
