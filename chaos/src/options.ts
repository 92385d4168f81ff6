import { parseArgs } from 'node:util'
import { FAULTS, type Fault } from './faults/fault.ts'
import { VENDOR_RULES, type VendorRule } from './vendor/token-families.ts'

export const STORE_KINDS = ['redis', 'postgres', 'file'] as const
export type StoreKind = (typeof STORE_KINDS)[number]

export interface ChaosOptions {
  readonly store: StoreKind
  readonly processes: number
  readonly durationMs: number
  /** Accounts, each with its own grant, at each of `vendors`. */
  readonly accounts: number
  readonly vendors: readonly VendorRule[]
  readonly faults: ReadonlySet<Fault>
  /** Concurrent callers per process and account. */
  readonly callers: number
}

/** What the command line asks for. */
export interface Command {
  readonly options: ChaosOptions
  /** Callers at one expiry, over all processes, instead of a run with faults. */
  readonly herd: number | undefined
}

/** @throws RangeError, or TypeError for an unknown option */
export function parseCommand(args: readonly string[]): Command {
  const { values } = parseArgs({
    args: [...args],
    options: {
      store: { type: 'string', default: 'file' },
      processes: { type: 'string', default: '8' },
      minutes: { type: 'string' },
      seconds: { type: 'string' },
      accounts: { type: 'string', default: '4' },
      vendor: { type: 'string', default: 'both' },
      faults: { type: 'string', default: 'all' },
      callers: { type: 'string', default: '2' },
      herd: { type: 'string' },
    },
  })
  const seconds = values.seconds ? count('seconds', values.seconds) : 60 * count('minutes', values.minutes ?? '1')
  return {
    options: {
      store: oneOf('store', values.store, STORE_KINDS),
      processes: count('processes', values.processes),
      durationMs: seconds * 1000,
      accounts: count('accounts', values.accounts),
      vendors: values.vendor === 'both' ? VENDOR_RULES : [oneOf('vendor', values.vendor, VENDOR_RULES)],
      faults: faultsOf(values.faults),
      callers: count('callers', values.callers),
    },
    herd: values.herd === undefined ? undefined : count('herd', values.herd),
  }
}

function faultsOf(text: string): ReadonlySet<Fault> {
  if (text === 'all') return new Set(FAULTS)
  if (text === 'none') return new Set()
  return new Set(text.split(',').map((name) => oneOf('faults', name, FAULTS)))
}

function oneOf<T extends string>(option: string, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text)
  if (found === undefined) throw new RangeError(`--${option} must be one of ${choices.join(', ')}, not "${text}"`)
  return found
}

function count(option: string, text: string): number {
  const number = Number(text)
  if (number > 0 && (Number.isInteger(number) || option === 'minutes')) return number
  throw new RangeError(`--${option} must be a number above 0, not "${text}"`)
}
