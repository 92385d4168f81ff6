import { readFileSync, statSync } from 'node:fs'

export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

export function isPairs(value: unknown): value is Readonly<Record<string, string>> {
  return isObject(value) && isTexts(Object.values(value))
}

/** `undefined` for a string that is not a JSON object. The parser's error would quote the string. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

const MOST_BYTES = 1_048_576

/** A file of an untrusted folder: it may link to a device, which never ends. @throws as `readFileSync` */
export function readTextFile(path: string): string {
  const stats = statSync(path)
  if (!stats.isFile() || stats.size > MOST_BYTES) throw new Error('no file, or too large')
  return readFileSync(path, 'utf8')
}

/** Own members only: a polluted prototype cannot inject one. */
export function member(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
}
