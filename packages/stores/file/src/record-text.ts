import { createHash } from 'node:crypto'

/** One write of one key: the content of one file. */
export interface StoredRecord extends RecordHeader {
  readonly value: string
}

export interface RecordHeader {
  /** Position in the history of the key, from 1; also the name of the file. */
  readonly number: number
  /** Random: tells two records with one number apart. */
  readonly id: string
  /** The version that this one took the place of; `''` for the first. */
  readonly previous: string
  readonly key: string
  /** Unix ms. From then on the key counts as absent. */
  readonly dropAt?: number | undefined
}

/** What a file holds, as far as it can be read. */
export interface ReadRecord {
  readonly header: RecordHeader
  /** Bytes before the value. */
  readonly headerLength: number
  /** Absent when it was taken away, or is damaged. */
  readonly value?: string | undefined
}

const MAGIC = 'valetkey-record 1'
const LINE_END = 0x0a

/** Three lines: what it is and the checksum of the next line, the header with the checksum of the rest, the value. */
export function serializeRecord({ value, ...header }: StoredRecord): string {
  const line = JSON.stringify({ ...header, valueSha256: sha256(value) })
  return `${MAGIC} ${sha256(line)}\n${line}\n${value}`
}

/** `undefined`: not made by this version of the store, or damaged. */
export function parseRecord(bytes: Buffer): ReadRecord | undefined {
  const firstEnd = bytes.indexOf(LINE_END)
  const headerEnd = bytes.indexOf(LINE_END, firstEnd + 1)
  if (firstEnd < 0 || headerEnd < 0) return undefined
  const line = bytes.toString('utf8', firstEnd + 1, headerEnd)
  if (bytes.toString('utf8', 0, firstEnd) !== `${MAGIC} ${sha256(line)}`) return undefined
  const parsed = parseJson(line)
  if (!isHeader(parsed)) return undefined
  const { valueSha256, ...header } = parsed
  const value = bytes.toString('utf8', headerEnd + 1)
  return { header, headerLength: headerEnd + 1, value: sha256(value) === valueSha256 ? value : undefined }
}

/** Never the same for two records of a key. */
export function versionOf({ number, id }: RecordHeader): string {
  return `${number}-${id}`
}

/** 0 for that of the first record. */
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

interface WrittenHeader extends RecordHeader {
  readonly valueSha256: string
}

const HEADER_TYPES = { number: 'number', id: 'string', previous: 'string', key: 'string', valueSha256: 'string' }

function isHeader(parsed: unknown): parsed is WrittenHeader {
  if (typeof parsed !== 'object' || parsed === null) return false
  const members = new Map<string, unknown>(Object.entries(parsed))
  const isComplete = Object.entries(HEADER_TYPES).every(([name, type]) => typeof members.get(name) === type)
  return isComplete && ['number', 'undefined'].includes(typeof members.get('dropAt'))
}
