import { CliError, EXIT } from '../cli-error.ts'

export interface Key {
  readonly id: string
  /** 32 bytes in Base64. */
  readonly key: string
}

/**
 * The keys of a variable: `id:key`, several behind commas, the first encrypts. A key alone gets the id `key`.
 * @throws CliError for any other string, without quoting it
 */
export function parseKeys(variable: string, text: string): [Key, ...Key[]] {
  const [first, ...others] = text.split(',').map((part) => parseKey(variable, part.trim()))
  if (first === undefined) throw wrong(variable)
  return [first, ...others]
}

function parseKey(variable: string, text: string): Key {
  const separator = text.indexOf(':')
  const key = text.slice(separator + 1)
  const id = separator === -1 ? 'key' : text.slice(0, separator)
  if (id === '' || key === '') throw wrong(variable)
  return { id, key }
}

function wrong(variable: string): CliError {
  return new CliError('key', EXIT.store, `${variable} must be "key" or "id:key", several behind commas`)
}
