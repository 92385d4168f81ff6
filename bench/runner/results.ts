import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'

const FOLDER = new URL('../results/', import.meta.url)
const MANIFEST = new URL('../package.json', import.meta.url)

/** Under what a section was measured. */
export interface Conditions {
  /** `2026-11-29` */
  readonly date: string
  readonly node: string
  readonly processors: number
  readonly processor: string
  /** Of the last minute, before and after. */
  readonly loadBefore: number
  readonly loadAfter: number
  readonly seconds: number
  readonly isFull: boolean
}

/** What is kept of a section in `bench/results`. */
export interface SectionResult extends Conditions {
  readonly section: string
  readonly versions: Readonly<Record<string, string>>
  readonly rows: readonly unknown[]
}

export function readResult(section: string): SectionResult | undefined {
  const file = fileOf(section)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as SectionResult) : undefined
}

export function writeResult(result: SectionResult): void {
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(fileOf(result.section), `${JSON.stringify(result, undefined, 2)}\n`)
}

/** Begins to note them; what it returns ends it. */
export function noteConditions(isFull: boolean): () => Conditions {
  const startedAt = performance.now()
  const [loadBefore = 0] = loadavg()
  return () => ({
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    processors: cpus().length,
    processor: cpus()[0]?.model ?? 'unknown',
    loadBefore: rounded(loadBefore),
    loadAfter: rounded(loadavg()[0] ?? 0),
    seconds: Math.round((performance.now() - startedAt) / 1000),
    isFull,
  })
}

/** Of all that is measured, as installed. */
export function installedVersions(): Record<string, string> {
  const { devDependencies } = JSON.parse(readFileSync(MANIFEST, 'utf8')) as { devDependencies: Record<string, string> }
  const names = Object.keys(devDependencies).filter((name) => !/^(@types\/|esbuild$|@valetkey-app\/)/.test(name))
  return Object.fromEntries(names.map((name) => [name, versionOf(name)]))
}

function versionOf(name: string): string {
  const file = new URL(`../node_modules/${name}/package.json`, import.meta.url)
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
  return version
}

function fileOf(section: string): URL {
  return new URL(`${section}.json`, FOLDER)
}

function rounded(load: number): number {
  return Math.round(load * 100) / 100
}
