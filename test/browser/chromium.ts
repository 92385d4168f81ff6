import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { LaunchOptions } from 'playwright'

const file = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'chromium'))
  .find(existsSync)

/** The machine's own Chromium: no browser is downloaded. It fetches nothing by itself. */
export const launchOptions: LaunchOptions = {
  executablePath: file ?? 'chromium',
  args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
}

/** Only a hang ends a wait in a page, not a busy machine. */
export const STUCK_AFTER_MS = 120_000

/** Before the first test. Configurations are also read where there is no Chromium. */
export function setup(): void {
  if (file === undefined) throw new Error('chromium is missing; install it with: sudo apt-get install -y chromium')
}
