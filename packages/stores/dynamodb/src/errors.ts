import { isCredentialError } from '@valetkey/core'
import { CredentialError, invalidOption } from '@valetkey/core/kit'

export const PACKAGE = '@valetkey/store-dynamodb'
const VENDOR = { vendor: 'store-dynamodb' }

const SHAPE = 'names a table of another shape: its only key must be the partition key "key" of the type String'

/** Errors that a retry cannot fix, by their names: the wrong option and the problem. */
const MISTAKES: Readonly<Record<string, readonly [option: 'client' | 'table', problem: string]>> = {
  ResourceNotFoundException: ['table', 'names no table of this account and region (ResourceNotFoundException)'],
  AccessDeniedException: [
    'client',
    'may not do what the store does (AccessDeniedException): allow dynamodb:GetItem, dynamodb:PutItem and dynamodb:Scan on the table',
  ],
  UnrecognizedClientException: ['client', 'is refused by AWS (UnrecognizedClientException): check its credentials'],
  InvalidSignatureException: ['client', 'is refused by AWS (InvalidSignatureException): check its credentials'],
  CredentialsProviderError: ['client', 'finds no credentials (CredentialsProviderError)'],
}

export function unavailable(problem: string): CredentialError<'store_unavailable'> {
  return new CredentialError('store_unavailable', `[${PACKAGE}] ${problem}`, VENDOR)
}

export function unreadable(table: string, key: string): CredentialError<'record_unreadable'> {
  const problem = `the item of ${table} with the key ${key} lacks the text of its version or of its value`
  const remedy = 'it was left as it is: restore it, or delete it and sign in again'
  return new CredentialError('record_unreadable', `[${PACKAGE}] ${problem}; ${remedy}`, VENDOR)
}

/** The error of the store. The client's error is not passed on: it may contain the request with the record. */
export function storeError(error: unknown): CredentialError {
  if (isCredentialError(error)) return error
  const { name, message, $fault } = partsOf(error)
  const [option, mistake] = MISTAKES[name] ?? []
  if (option !== undefined && mistake !== undefined) return invalidOption(PACKAGE, option, mistake)
  if (name === 'ValidationException') {
    if (/key element|schema|type mismatch/i.test(message)) return invalidOption(PACKAGE, 'table', SHAPE)
    if (/size/i.test(message))
      return invalidOption(PACKAGE, 'value', 'is larger than an item of DynamoDB may be (400 KB)')
  }
  return unavailable($fault ? `DynamoDB answered ${name}` : `DynamoDB gave no answer (${codeOf(error) ?? name})`)
}

export function isConditionFailed(error: unknown): boolean {
  return partsOf(error).name === 'ConditionalCheckFailedException'
}

/** How often the client has sent the request. A client that does not report this sends it once. */
export function attemptsOf(error: unknown): number {
  const { $metadata } = partsOf(error)
  return typeof $metadata?.attempts === 'number' ? $metadata.attempts : 1
}

interface Parts {
  readonly name: string
  readonly message: string
  /** `client` or `server` if DynamoDB answered. */
  readonly $fault?: unknown
  readonly $metadata?: { readonly attempts?: unknown }
}

/** Without `instanceof`: the client may be from another copy of the SDK. */
function partsOf(error: unknown): Parts {
  const { name, message, ...rest }: { readonly name?: unknown; readonly message?: unknown } =
    typeof error === 'object' && error !== null ? error : {}
  return {
    ...rest,
    name: typeof name === 'string' ? name : 'unknown',
    message: typeof message === 'string' ? message : '',
  }
}

/** `ECONNRESET` of Node's errors. */
function codeOf(error: unknown): string | undefined {
  const { code }: { readonly code?: unknown } = typeof error === 'object' && error !== null ? error : {}
  return typeof code === 'string' && /^E[A-Z]+$/.test(code) ? code : undefined
}
