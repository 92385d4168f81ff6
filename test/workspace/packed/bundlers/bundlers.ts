import { basename, dirname, parse } from 'node:path'
import { importTool, versionOf } from '../runtimes/tools.ts'

export interface Bundler {
  readonly name: string
  /** Makes a minified ES module of `entry` for browsers, exports kept, and chunks beside it for what is imported later. */
  bundle(entry: string, file: string): Promise<void>
}

type Build = (options: object) => Promise<unknown>

interface Stats {
  hasErrors(): boolean
  toString(): string
}

export const bundlers: readonly Bundler[] = [
  { name: `esbuild ${versionOf('esbuild')}`, bundle: bundleWithEsbuild },
  { name: `Vite ${versionOf('vite')}`, bundle: bundleWithVite },
  { name: `webpack ${versionOf('webpack')}`, bundle: bundleWithWebpack },
]

async function bundleWithEsbuild(entry: string, file: string): Promise<void> {
  const { build } = await importTool<{ build: Build }>('esbuild')
  const output = {
    outdir: dirname(file),
    entryNames: parse(file).name,
    outExtension: { '.js': '.mjs' },
    splitting: true,
  }
  await build({ entryPoints: [entry], ...output, bundle: true, minify: true, format: 'esm', logLevel: 'error' })
}

async function bundleWithVite(entry: string, file: string): Promise<void> {
  const { build } = await importTool<{ build: Build }>('vite')
  const rolldownOptions = {
    input: entry,
    preserveEntrySignatures: 'strict',
    output: { entryFileNames: basename(file) },
  }
  const output = { outDir: dirname(file), emptyOutDir: false, rolldownOptions }
  await build({ root: dirname(entry), configFile: false, logLevel: 'error', build: output })
}

async function bundleWithWebpack(entry: string, file: string): Promise<void> {
  const { default: webpack } = await importTool<{
    default: (options: object, done: (error: Error | null, stats?: Stats) => void) => void
  }>('webpack')
  const output = { path: dirname(file), filename: basename(file), module: true, library: { type: 'module' } }
  const options = { mode: 'production', target: 'web', entry, output, experiments: { outputModule: true } }
  await new Promise<void>((resolve, reject) => {
    webpack(options, (error, stats) => {
      if (error === null && stats?.hasErrors() === false) resolve()
      else reject(error ?? new Error(String(stats)))
    })
  })
}
