import { brotliCompressSync, constants } from 'node:zlib'
import { build } from 'esbuild'
import type { Program } from './programs.ts'

/** Bytes of the bundle, minified and compressed with Brotli 11. */
export async function measure({ source, isAlone = false, external = [] }: Program): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    ...(isAlone ? { packages: 'external' } : { external: [...external] }),
    write: false,
    logLevel: 'error',
  })
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
  return brotliCompressSync(outputFiles[0]?.contents ?? '', { params }).byteLength
}
