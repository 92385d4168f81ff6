import type { CommandName, Run } from './command.ts'
import { run as completion } from './commands/completion.ts'
import { run as doctor } from './commands/doctor.ts'
import { run as fetch } from './commands/fetch.ts'
import { run as importTokens } from './commands/import.ts'
import { run as login } from './commands/login.ts'
import { run as logout } from './commands/logout.ts'
import { run as proxy } from './commands/proxy.ts'
import { run as refresh } from './commands/refresh.ts'
import { run as rotateKeys } from './commands/rotate-keys.ts'
import { run as token } from './commands/token.ts'
import { run as trust } from './commands/trust.ts'
import { run as vendors } from './commands/vendors.ts'

/** What the commands do. */
export const COMMAND_RUNS: Readonly<Record<Exclude<CommandName, 'status'>, Run>> = {
  login,
  import: importTokens,
  token,
  fetch,
  refresh,
  proxy,
  logout,
  vendors,
  'rotate-keys': rotateKeys,
  doctor,
  trust,
  completion,
}
