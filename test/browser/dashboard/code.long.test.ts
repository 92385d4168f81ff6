import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { chromium } from 'playwright'
import { expect, onTestFinished, test } from 'vitest'
import { launchOptions } from '../chromium.ts'
import { openPage } from './page-under-test.ts'
import { startProgram } from './program.ts'

const DASHBOARD = fileURLToPath(new URL('../../../apps/dashboard/', import.meta.url))

const SOURCES = {
  Flume: 'flume',
  Airthings: 'airthings-sign-in',
  Bluesonde: 'bluesonde-sign-in',
  m2m: 'm2m',
  Flowlu: 'flowlu-key',
}

test('"Show me the code" shows and copies the source that connects to each vendor, which compiles by itself', async () => {
  const [browser, program] = await Promise.all([chromium.launch(launchOptions), startProgram()])
  onTestFinished(async () => void (await Promise.all([browser.close(), program.close()])))
  const permissions = ['clipboard-read', 'clipboard-write']
  const { page, problems } = await openPage(browser, program.url, { permissions })
  const copied: Record<string, string> = {}
  for (const [name, file] of Object.entries(SOURCES)) {
    const button = page.getByRole('button', { name: `Show me the code: ${name}` })
    await button.press('Enter')
    const dialog = page.getByRole('dialog')
    const source = await readFile(join(DASHBOARD, `src/connect/${file}.ts`), 'utf8')
    expect(await dialog.locator('code').textContent()).toBe(source)
    expect(source.trim().split('\n').length).toBeLessThan(14)
    await dialog.getByRole('button', { name: 'Copy' }).click()
    await dialog.getByRole('button', { name: 'Copied' }).waitFor()
    copied[file] = await page.evaluate(() => navigator.clipboard.readText())
    expect(copied[file]).toBe(source)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true)
  }
  expect(problems).toEqual([])
  expect(await compile(copied)).toBe('')
  expect(await compile({ flume: `${copied.flume}connectFlume({ clientId: 1 })\n` })).toContain('error TS')
})

/** What `tsc --strict` says of files that have nothing around them but the installed packages. */
async function compile(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(DASHBOARD, 'node_modules/.copied-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, `${name}.ts`), text)))
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noUnusedLocals: true,
    noEmit: true,
    skipLibCheck: true,
    target: 'es2023',
    module: 'nodenext',
    lib: ['es2023', 'dom', 'dom.iterable'],
    types: ['node'],
    allowImportingTsExtensions: true,
    customConditions: ['@valetkey/source'],
  }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  const ran = promisify(execFile)('tsc', ['-p', folder])
  return ran.then(
    ({ stdout }) => stdout,
    ({ stdout }: { readonly stdout: string }) => stdout,
  )
}
