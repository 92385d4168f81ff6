import { readdir, readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The built page. */
export interface PageFiles {
  /** `index.html` with the first state in it: the page shows figures as soon as it is there. */
  index(state: unknown): string
  asset(path: string): Asset | undefined
}

export interface Asset {
  readonly body: Uint8Array<ArrayBuffer>
  readonly type: string
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

const STATE_PLACE = '>"state"<'

export async function readPageFiles(folder: URL): Promise<PageFiles> {
  const root = fileURLToPath(folder)
  const html = await readFile(`${root}/index.html`, 'utf8')
  const names = await readdir(`${root}/assets`)
  const read = async (name: string): Promise<[string, Asset]> => {
    const body = new Uint8Array(await readFile(`${root}/assets/${name}`))
    return [`/assets/${name}`, { body, type: TYPES[extname(name)] ?? 'application/octet-stream' }]
  }
  const assets = new Map(await Promise.all(names.map(read)))
  return {
    // A "<" could end the script element.
    index: (state) => html.replace(STATE_PLACE, () => `>${JSON.stringify(state).replaceAll('<', '\\u003c')}<`),
    asset: (path) => assets.get(path),
  }
}
