import { type DynamoDBClient, GetItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import type { TokenStore } from '@valetkey/core'
import { hasMethods, invalidOption, knownOptions, type OptionNames, requireText } from '@valetkey/core/kit'
import { attemptsOf, isConditionFailed, PACKAGE, storeError, unavailable, unreadable } from './errors.ts'

/** `DynamoDBClient` or `DynamoDB` of @aws-sdk/client-dynamodb, or `DynamoDBDocumentClient` of @aws-sdk/lib-dynamodb. */
export type DynamoDbStoreClient = Pick<DynamoDBClient, 'send'>

export interface DynamoDbStoreOptions {
  /** Name or ARN of a table whose only key is the partition key `key` of the type String. */
  readonly table: string
}

const OPTIONS: OptionNames<DynamoDbStoreOptions> = { table: true }

/** Placeholders, since any of these names may be a reserved word of expressions. */
const NAMES = { '#key': 'key', '#version': 'version', '#dropAt': 'drop_at' }
const IS_ABSENT = 'attribute_not_exists(#key) or #dropAt <= :now'
const IS_EXPECTED = '#version = :expected and (attribute_not_exists(#dropAt) or #dropAt > :now)'

/** Times from a request, in ms. */
interface Timed {
  /** By the server's clock, before the request. */
  readonly now: number
  /** From this machine's clock to the server's. */
  readonly offsetMs: number
}

/**
 * Keeps each record in one item of a table of DynamoDB; the client stays the caller's. A write is one conditional
 * `PutItem`. Safe for concurrent use by any number of processes.
 * @throws CredentialError `invalid_option`
 */
export function dynamodbStore(client: DynamoDbStoreClient, options: DynamoDbStoreOptions): TokenStore {
  const own = knownOptions(PACKAGE, options, OPTIONS)
  requireText(PACKAGE, own, ['table'])
  if (!hasMethods(client, ['send'])) {
    const problem =
      'must be a DynamoDBClient of @aws-sdk/client-dynamodb or a DynamoDBDocumentClient of @aws-sdk/lib-dynamodb'
    throw invalidOption(PACKAGE, 'client', problem)
  }
  const { table: TableName } = own
  let offsetMs: number | undefined

  const read = async (key: string) => {
    const command = new GetItemCommand({ TableName, Key: { key: { S: key } }, ConsistentRead: true })
    const time = timeOf(command)
    try {
      const { Item: item } = await client.send(command)
      const { now, offsetMs: offset } = time()
      offsetMs = offset
      return { now, item: item !== undefined && isOver(item.drop_at?.N, now) ? undefined : item }
    } catch (error) {
      throw storeError(error)
    }
  }
  /** By the server's clock, according to the last read. */
  const serverTime = async (key: string): Promise<number> => {
    if (offsetMs === undefined) await read(key)
    return Date.now() + (offsetMs ?? 0)
  }

  return {
    specVersion: 'v1',
    async get(key) {
      const { now, item } = await read(key)
      if (item === undefined) return { now }
      const { version, value } = item
      if (version?.S === undefined || value?.S === undefined) throw unreadable(TableName, key)
      return { now, version: version.S, value: value.S }
    },
    async compareAndSet(key, expected, value, { retainMs } = {}) {
      const now = await serverTime(key)
      const version = crypto.randomUUID()
      const dropAt = retainMs === undefined ? undefined : now + Math.ceil(retainMs)
      const { '#key': _, ...replaceNames } = NAMES
      const { '#version': __, ...createNames } = NAMES
      const command = new PutItemCommand({
        TableName,
        Item: {
          key: { S: key },
          version: { S: version },
          value: { S: value },
          ...(dropAt !== undefined && {
            drop_at: { N: String(dropAt) },
            expires_at: { N: String(Math.ceil(dropAt / 1000)) },
          }),
        },
        ConditionExpression: expected === undefined ? IS_ABSENT : IS_EXPECTED,
        ExpressionAttributeNames: expected === undefined ? createNames : replaceNames,
        ExpressionAttributeValues: {
          ':now': { N: String(now) },
          ...(expected !== undefined && { ':expected': { S: expected } }),
        },
      })
      try {
        await client.send(command)
        return { ok: true, version }
      } catch (error) {
        if (!isConditionFailed(error)) throw storeError(error)
        if (attemptsOf(error) === 1) return { ok: false }
      }
      // The client has repeated the request: if the first attempt was applied, the second cannot win.
      const { item } = await read(key)
      if (item?.version?.S === version) return { ok: true, version }
      throw unavailable('the answer to a write was lost, and another write came after it')
    },
    async *list() {
      let next: Record<string, { S: string }> | undefined
      do {
        const now = await serverTime('any')
        const command: ScanCommand = new ScanCommand({
          TableName,
          ConsistentRead: true,
          ProjectionExpression: '#key, #dropAt',
          ExpressionAttributeNames: { '#key': 'key', '#dropAt': 'drop_at' },
          ExclusiveStartKey: next,
        })
        const page = await client.send(command).catch((error: unknown) => {
          throw storeError(error)
        })
        for (const { key, drop_at } of page.Items ?? []) {
          if (key?.S !== undefined && !isOver(drop_at?.N, now)) yield key.S
        }
        const last = page.LastEvaluatedKey?.key?.S
        next = last === undefined ? undefined : { key: { S: last } }
      } while (next !== undefined)
    },
  }
}

function isOver(dropAt: string | undefined, now: number): boolean {
  return dropAt !== undefined && Number(dropAt) <= now
}

/** HTTP dates have whole seconds. */
const DATE_STEP_MS = 1_000

/**
 * Records when a request is sent and the time of its response. DynamoDB states the time only in the header `Date`, in
 * seconds: the machine's clock, which has ms, is used unless the header contradicts it. Some emulators send no such header;
 * the machine's clock is then used.
 */
function timeOf(command: GetItemCommand): () => Timed {
  let sentAt = Date.now()
  let sentMono = performance.now()
  let answer: Timed = { now: sentAt, offsetMs: 0 }
  command.middlewareStack.add(
    (next) => async (args) => {
      sentAt = Date.now()
      sentMono = performance.now()
      const result = await next(args)
      const tookMs = performance.now() - sentMono
      const date = dateOf(result.response)
      const isRight = !(date > sentAt + tookMs || date + DATE_STEP_MS <= sentAt)
      // Not later than the request, by the server's clock.
      const now = isRight ? sentAt : Math.floor(date - tookMs)
      answer = { now, offsetMs: now - sentAt }
      return result
    },
    { step: 'deserialize', priority: 'high' },
  )
  return () => answer
}

/** `NaN`: none. */
function dateOf(response: unknown): number {
  const { headers }: { readonly headers?: unknown } = typeof response === 'object' && response !== null ? response : {}
  const { date }: { readonly date?: unknown } = typeof headers === 'object' && headers !== null ? headers : {}
  return typeof date === 'string' ? Date.parse(date) : Number.NaN
}
