import { SetupError } from './setup-error.ts'

type Variables = Readonly<Record<string, string | undefined>>

/** What the environment asks for. A vendor without an account is simulated. */
export interface Environment {
  readonly port: number
  readonly flume: FlumeAccount | undefined
  readonly airthings: AirthingsAccount | undefined
  readonly bluesonde: BluesondeAccount | undefined
  readonly m2m: M2mAccount | undefined
  readonly flowluKey: FlowluKeyAccount | undefined
  readonly flowluUser: FlowluUserAccount | undefined
  /** Where tokens are kept; without any of them, in files that end with the program. The first that is set counts. */
  readonly redisUrl: string | undefined
  readonly databaseUrl: string | undefined
}

/** The accounts in it. */
export type Accounts = Omit<Environment, 'port' | 'redisUrl' | 'databaseUrl'>

export interface FlumeAccount {
  readonly clientId: string
  readonly clientSecret: string
  readonly username: string
  readonly password: string
}

export interface AirthingsAccount {
  readonly clientId: string
  readonly clientSecret: string
  readonly api: 'consumer' | 'business'
}

export interface BluesondeAccount {
  readonly apiKey: string
  readonly baseUrl: string
  /** What is read. */
  readonly path: string
}

export interface M2mAccount {
  readonly baseUrl: string
  readonly clientId: string
  readonly clientSecret: string
  /** What is read. */
  readonly path: string
}

export interface FlowluKeyAccount {
  readonly company: string
  readonly apiKey: string
}

export interface FlowluUserAccount {
  readonly company: string
  readonly tokenUrl: string
  readonly clientId: string
  readonly username: string
  readonly password: string
}

const DEFAULT_PORT = 4180

const FLUME = {
  clientId: 'VALETKEY_FLUME_CLIENT_ID',
  clientSecret: 'VALETKEY_FLUME_CLIENT_SECRET',
  username: 'VALETKEY_FLUME_USERNAME',
  password: 'VALETKEY_FLUME_PASSWORD',
}

const AIRTHINGS = {
  clientId: 'VALETKEY_AIRTHINGS_CLIENT_ID',
  clientSecret: 'VALETKEY_AIRTHINGS_CLIENT_SECRET',
}

const BLUESONDE = {
  apiKey: 'VALETKEY_BLUESONDE_API_KEY',
  baseUrl: 'VALETKEY_BLUESONDE_BASE_URL',
  path: 'VALETKEY_BLUESONDE_PATH',
}

const M2M = {
  baseUrl: 'VALETKEY_M2M_BASE_URL',
  clientId: 'VALETKEY_M2M_CLIENT_ID',
  clientSecret: 'VALETKEY_M2M_CLIENT_SECRET',
  path: 'VALETKEY_M2M_PATH',
}

const FLOWLU_KEY = {
  company: 'VALETKEY_FLOWLU_COMPANY',
  apiKey: 'VALETKEY_FLOWLU_API_KEY',
}

const FLOWLU_USER = {
  company: 'VALETKEY_FLOWLU_COMPANY',
  tokenUrl: 'VALETKEY_FLOWLU_TOKEN_URL',
  clientId: 'VALETKEY_FLOWLU_CLIENT_ID',
  username: 'VALETKEY_FLOWLU_USERNAME',
  password: 'VALETKEY_FLOWLU_PASSWORD',
}

const AIRTHINGS_API = 'VALETKEY_AIRTHINGS_API'

/**
 * An empty variable counts as one that is not set.
 * @throws SetupError naming the variable that is missing or wrong, never its value if that may be a secret
 */
export function readEnvironment(variables: Variables): Environment {
  const airthings = readSet(variables, AIRTHINGS, [AIRTHINGS_API])
  return {
    port: readPort(variables.PORT),
    flume: readSet(variables, FLUME),
    airthings: airthings && { ...airthings, api: readApi(variables[AIRTHINGS_API]) },
    bluesonde: withUrl(readSet(variables, BLUESONDE), BLUESONDE),
    m2m: withUrl(readSet(variables, M2M), M2M),
    ...readFlowlu(variables),
    redisUrl: variables.REDIS_URL || undefined,
    databaseUrl: variables.DATABASE_URL || undefined,
  }
}

/** All variables of a set, or none: one that was forgotten must not quietly start the simulator. */
function readSet<Member extends string>(
  variables: Variables,
  names: Readonly<Record<Member, string>>,
  optional: readonly string[] = [],
): Readonly<Record<Member, string>> | undefined {
  const required = Object.values<string>(names)
  const set = [...required, ...optional].find((name) => variables[name])
  if (set === undefined) return undefined
  const missing = required.filter((name) => !variables[name])
  if (missing.length > 0) throw new SetupError(`${set} is set, so these must be set too: ${missing.join(', ')}`)
  return mapValues(names, (name) => variables[name] ?? '')
}

function mapValues<Key extends string>(
  record: Readonly<Record<Key, string>>,
  change: (value: string) => string,
): Readonly<Record<Key, string>> {
  const changed: Record<Key, string> = { ...record }
  for (const key in record) changed[key] = change(record[key])
  return changed
}

/** Whose host and paths are not published: both are the person's to name. */
function withUrl<Account extends { readonly baseUrl: string; readonly path: string }>(
  account: Account | undefined,
  names: { readonly baseUrl: string; readonly path: string },
): Account | undefined {
  if (account === undefined) return undefined
  if (!/^https:\/\/[^/?#@]+\/?$/.test(account.baseUrl) || !URL.canParse(account.baseUrl)) {
    throw new SetupError(`${names.baseUrl} must be like https://api.example.com`)
  }
  if (!account.path.startsWith('/')) throw new SetupError(`${names.path} must begin with "/"`)
  return account
}

/** The company belongs to key and user alike, so it asks for the key only where there is no user. */
function readFlowlu(variables: Variables): Pick<Environment, 'flowluKey' | 'flowluUser'> {
  const { company, ...ofUser } = FLOWLU_USER
  const hasUser = Object.values(ofUser).some((name) => variables[name])
  const hasKey = !hasUser || variables[FLOWLU_KEY.apiKey]
  const flowluUser = hasUser ? readSet(variables, FLOWLU_USER) : undefined
  const flowluKey = hasKey ? readSet(variables, FLOWLU_KEY) : undefined
  const name = flowluUser?.company ?? flowluKey?.company ?? 'acme'
  if (!/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i.test(name))
    throw new SetupError(`${company} must be like acme, for https://acme.flowlu.com`)
  if (flowluUser && !/^https:\/\/[^/?#@]+\//.test(flowluUser.tokenUrl)) {
    throw new SetupError(`${ofUser.tokenUrl} must be like https://login.example.com/token`)
  }
  return { flowluKey, flowluUser }
}

function readApi(value: string | undefined): 'consumer' | 'business' {
  const api = value || 'consumer'
  if (api === 'consumer' || api === 'business') return api
  throw new SetupError(`${AIRTHINGS_API} must be "consumer" or "business"`)
}

function readPort(value: string | undefined): number {
  if (!value) return DEFAULT_PORT
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN
  if (port <= 65_535) return port
  throw new SetupError(`PORT must be a number from 0 to 65535, not "${value}"`)
}
