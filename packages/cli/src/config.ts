import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { usageError } from './cli-error.ts'
import type { Io } from './io.ts'
import { isObject, type JsonObject, parseObject } from './json.ts'

/** What `valetkey.config.json` says; it holds no secrets, so that it may be committed. */
export interface Config {
  /** For messages; absent when there is no file. */
  readonly file?: string
  readonly vendors: Readonly<Record<string, VendorConfig>>
}

export interface VendorConfig {
  /** The package of a vendor whose name does not tell it. */
  readonly package?: string
  readonly grant?: string
  /** As the factory takes them. */
  readonly options: JsonObject
}

const FILE_NAME = 'valetkey.config.json'

/**
 * The file that `--config` names, else the one in the current folder, if there is one.
 * @throws CliError `usage` when it cannot be read, or is not what it should be
 */
export function readConfig(io: Pick<Io, 'cwd'>, named: string | undefined): Config {
  const file = configFile(io, named)
  const text = readText(file, named !== undefined)
  if (text === undefined) return { vendors: {} }
  const { vendors = {}, ...others } = parseObject(text) ?? {}
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw usageError(`${file}: "${unknown}" is no setting; there is "vendors"`)
  if (parseObject(text) === undefined || !isObject(vendors)) {
    throw usageError(`${file}: must be a JSON object like {"vendors": {"airthings": {"clientId": "…"}}}`)
  }
  return { file, vendors: Object.fromEntries(Object.entries(vendors).map((entry) => vendorEntry(file, ...entry))) }
}

export function configFile({ cwd }: Pick<Io, 'cwd'>, named: string | undefined): string {
  return resolve(cwd, named ?? FILE_NAME)
}

function readText(file: string, isNamed: boolean): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (isAbsent && !isNamed) return undefined
    throw usageError(`${file}: cannot be read${isAbsent ? ', it is not there' : ''}`)
  }
}

function vendorEntry(file: string, vendor: string, value: unknown): [string, VendorConfig] {
  if (!isObject(value)) throw usageError(`${file}: "vendors.${vendor}" must be an object of options`)
  const { package: packageName, grant, ...options } = value
  for (const [name, text] of Object.entries({ package: packageName, grant })) {
    if (text !== undefined && typeof text !== 'string') {
      throw usageError(`${file}: "vendors.${vendor}.${name}" must be a text`)
    }
  }
  return [
    vendor,
    {
      ...(typeof packageName === 'string' && { package: packageName }),
      ...(typeof grant === 'string' && { grant }),
      options,
    },
  ]
}
