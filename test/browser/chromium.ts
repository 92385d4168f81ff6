import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { LaunchOptions } from 'playwright'

/** The machine's own Chromium: no browser is downloaded. It fetches nothing by itself. */
export const launchOptions: LaunchOptions = {
  executablePath: findProgram('chromium'),
  args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
}

function findProgram(name: string): string {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const file = folders.map((folder) => join(folder, name)).find(existsSync)
  if (file === undefined) throw new Error(`${name} is missing; install it with: sudo apt-get install -y ${name}`)
  return file
}
