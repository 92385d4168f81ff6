import { createHash } from 'node:crypto'

/** One write of one key: the content of one file. */
export interface StoredRecord extends RecordHeader {
  readonly value: string
}

export interface RecordHeader {
  /** Position in the history of the key, from 1; also the name of the file. */
  readonly number: number
  /** Random: distinguishes two records with the same number. */
  readonly id: string
  /** The version that this record replaced; `''` for the first. */
  readonly previous: string
  readonly key: string
  /** Unix ms. From then on the key counts as absent. */
  readonly dropAt?: number | undefined
}

/** The readable parts of a file; none if another version or another program wrote it. */
export interface ReadRecord {
  readonly header?: RecordHeader | undefined
  /** Bytes before the value. */
  readonly headerLength: number
  /** Absent if it was removed or is damaged. */
  readonly value?: string | undefined
  /** Identifies the damage of a record of this version, which can no longer be read. */
  readonly damage?: string | undefined
}

const MAGIC = 'valetkey-record 1'
const LINE_END = 0x0a

/** Three lines: the format with the checksum of the next line, the header with the checksum of the value, the value. */
export function serializeRecord({ value, ...header }: StoredRecord): string {
  const line = JSON.stringify({ ...header, valueSha256: sha256(value) })
  return `${MAGIC} ${sha256(line)}\n${line}\n${value}`
}

export function parseRecord(bytes: Buffer): ReadRecord {
  const damage = isOurs(bytes) ? createHash('sha256').update(bytes).digest('hex').slice(0, 32) : undefined
  const unread: ReadRecord = { headerLength: 0, damage }
  const firstEnd = bytes.indexOf(LINE_END)
  const headerEnd = bytes.indexOf(LINE_END, firstEnd + 1)
  if (firstEnd < 0 || headerEnd < 0) return unread
  const line = bytes.toString('utf8', firstEnd + 1, headerEnd)
  if (bytes.toString('utf8', 0, firstEnd) !== `${MAGIC} ${sha256(line)}`) return unread
  const parsed = parseJson(line)
  if (!isHeader(parsed)) return { headerLength: 0 }
  const { valueSha256, dropAt, ...header } = parsed
  const value = bytes.toString('utf8', headerEnd + 1)
  const isWhole = sha256(value) === valueSha256
  return {
    header: { ...header, ...(typeof dropAt === 'number' && { dropAt }) },
    headerLength: headerEnd + 1,
    ...(isWhole ? { value } : { damage }),
  }
}

/** Whether it begins like a record of this version, or was cut off or filled with zeros by a power failure. */
function isOurs(bytes: Buffer): boolean {
  const start = `${MAGIC} `
  const text = bytes.toString('latin1', 0, start.length)
  return text === start.slice(0, text.length) || bytes.every((byte) => byte === 0)
}

/** Never the same for two records of a key. */
export function versionOf({ number, id }: Pick<RecordHeader, 'number' | 'id'>): string {
  return `${number}-${id}`
}

/** 0 for `previous` of the first record. */
export function numberOfVersion(version: string): number {
  return Number.parseInt(version || '0', 10)
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

interface WrittenHeader extends Omit<RecordHeader, 'dropAt'> {
  readonly valueSha256: string
  readonly dropAt?: number | null | undefined
}

const HEADER_TYPES = { number: 'number', id: 'string', previous: 'string', key: 'string', valueSha256: 'string' }

function isHeader(parsed: unknown): parsed is WrittenHeader {
  if (typeof parsed !== 'object' || parsed === null) return false
  const members = new Map<string, unknown>(Object.entries(parsed))
  const isComplete = Object.entries(HEADER_TYPES).every(([name, type]) => typeof members.get(name) === type)
  return isComplete && ['number', 'undefined'].includes(typeof (members.get('dropAt') ?? undefined))
}
