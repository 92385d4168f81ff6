import type { CommandIo } from './io.ts'
import type { FlagName, ListName, OptionName, ValueName } from './options.ts'
import type { Output } from './output.ts'

/** One call of a command, its arguments checked. */
export interface Invocation {
  readonly io: CommandIo
  readonly output: Output
  readonly positionals: readonly string[]
  readonly flags: Readonly<Partial<Record<FlagName, true>>>
  readonly values: Readonly<Partial<Record<ValueName, string>>>
  /** Options that may be given several times. */
  readonly lists: Readonly<Partial<Record<ListName, readonly string[]>>>
}

/** @returns the exit code; nothing is 0 */
export type Run = (invocation: Invocation) => Promise<number | undefined>

export type CommandName =
  | 'login'
  | 'import'
  | 'status'
  | 'token'
  | 'fetch'
  | 'refresh'
  | 'proxy'
  | 'logout'
  | 'vendors'
  | 'rotate-keys'
  | 'doctor'
  | 'trust'
  | 'completion'

export interface Command {
  readonly name: CommandName
  readonly summary: string
  /** The arguments after the name, `<vendor>` or `[vendor]`; checked. */
  readonly positionals: readonly string[]
  readonly options: readonly OptionName[]
}
