import { homedir, platform } from 'node:os'
import { join } from 'node:path'
import type { Io } from './io.ts'

/** The folder of this user's tokens and keys: VALETKEY_HOME, else where the platform keeps the data of programs. */
export function dataFolder({ env }: Pick<Io, 'env'>): string {
  const { VALETKEY_HOME, XDG_DATA_HOME, LOCALAPPDATA } = env
  if (VALETKEY_HOME) return VALETKEY_HOME
  const home = env.HOME || homedir()
  if (platform() === 'darwin') return join(home, 'Library', 'Application Support', 'valetkey')
  if (platform() === 'win32') return join(LOCALAPPDATA || join(home, 'AppData', 'Local'), 'valetkey')
  return join(XDG_DATA_HOME || join(home, '.local', 'share'), 'valetkey')
}
