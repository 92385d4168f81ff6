import { brotliCompressSync, constants } from 'node:zlib'
import { build, type Metafile } from 'esbuild'
import type { Program } from './programs.ts'

/** Bytes of what a program loads when it starts, minified and compressed with Brotli 11. Of a package alone: of all its code. */
export async function measure({ source, isAlone = false, external = [], isForNode = false }: Program): Promise<number> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname },
    bundle: true,
    splitting: true,
    outdir: 'bundle',
    metafile: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: isForNode ? 'node' : 'browser',
    ...(isAlone ? { packages: 'external' } : { external: [...external] }),
    write: false,
    logLevel: 'error',
  })
  const loaded = isAlone ? Object.keys(metafile.outputs) : loadedAtStart(metafile)
  const files = outputFiles.filter(({ path }) => loaded.some((name) => path.endsWith(name)))
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
  return brotliCompressSync(Buffer.concat(files.map(({ contents }) => contents)), { params }).byteLength
}

/** The entry and what it imports, without what it imports later by `import()`. */
function loadedAtStart({ outputs }: Metafile): readonly string[] {
  const loaded = new Set(Object.keys(outputs).filter((name) => outputs[name]?.entryPoint === '<stdin>'))
  for (const name of loaded) {
    for (const { kind, path } of outputs[name]?.imports ?? []) if (kind === 'import-statement') loaded.add(path)
  }
  return [...loaded]
}
