import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from '../boundaries/workspace.ts'
import { publicFolders } from './public-packages.ts'

interface EntryPoint {
  /** As it is imported, e.g. `@valetkey/testing/simulators`. */
  readonly name: string
  readonly folder: string
  readonly types: string
}

const entryPoints = publicFolders().flatMap(entryPointsOf)

let reports: string

beforeAll(async () => {
  reports = await mkdtemp(join(tmpdir(), 'valetkey-api-'))
})

afterAll(() => rm(reports, { recursive: true }))

/** `npx pnpm@12.21.0 run api:update` after a change that is meant. */
test.each(entryPoints)('what $name exports is what docs/api says', async (entryPoint) => {
  const file = `${entryPoint.name.replace('@valetkey/', '').replace('/', '-')}.api.md`
  await writeReport(entryPoint, file)
  const report = await readFile(join(reports, file), 'utf8')
  await expect(report).toMatchFileSnapshot(join(root, 'docs/api', file))
})

function entryPointsOf(folder: string): EntryPoint[] {
  const manifest: {
    name: string
    publishConfig?: { exports?: Record<string, string | { types?: string }> }
  } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
  return Object.entries(manifest.publishConfig?.exports ?? {}).flatMap(([path, target]) =>
    typeof target === 'object' && target.types && !target.types.includes('*')
      ? [{ name: join(manifest.name, path), folder, types: target.types }]
      : [],
  )
}

/** Without the messages of the tool: its taste in comments is not ours. */
async function writeReport({ folder, types }: EntryPoint, reportFileName: string): Promise<void> {
  const reportTempFolder = join(reports, 'raw')
  await mkdir(reportTempFolder, { recursive: true })
  const config = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, folder, 'package.json'),
    configObject: {
      projectFolder: join(root, folder),
      mainEntryPointFilePath: join(root, folder, types),
      compiler: { overrideTsconfig: tsconfig(folder) },
      apiReport: { enabled: true, reportFolder: reports, reportTempFolder, reportFileName },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: { extractorMessageReporting: { default: { logLevel: 'none' as never } } },
    },
  })
  Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      if (message.logLevel === 'error') throw new Error(message.text)
      message.handled = true
    },
  })
}

function tsconfig(folder: string): object {
  const lib = ['es2023', 'dom', 'dom.iterable', 'esnext.disposable']
  const compilerOptions = {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    skipLibCheck: true,
    lib,
    types: ['node'],
  }
  return { compilerOptions, include: [join(root, folder, 'dist')] }
}
