import { resolve } from 'node:path'
import { usageError } from './cli-error.ts'
import { isThere } from './home.ts'
import type { Io } from './io.ts'
import { isObject, type JsonObject, parseObject, readTextFile } from './json.ts'

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

/** @throws CliError `usage` when it is not what it should be */
export function parseConfig(file: string, text: string): Config {
  const { vendors = {}, ...others } = parseObject(text) ?? {}
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw usageError(`${file}: "${unknown}" is not a setting; there is "vendors"`)
  if (parseObject(text) === undefined || !isObject(vendors)) {
    throw usageError(`${file}: must be a JSON object like {"vendors": {"airthings": {"clientId": "…"}}}`)
  }
  return { file, vendors: Object.fromEntries(Object.entries(vendors).map((entry) => vendorEntry(file, ...entry))) }
}

/** The file that `--config` names, else the one in the current folder, which may not be there. */
export function configFile({ cwd }: Pick<Io, 'cwd'>, named: string | undefined): string {
  return resolve(cwd, named ?? FILE_NAME)
}

/** @throws CliError `usage` when it cannot be read */
export function readConfigFile(file: string): string {
  try {
    return readTextFile(file)
  } catch {
    throw usageError(`${file}: cannot be read${isThere(file) ? '' : ', it is not there'}`)
  }
}

function vendorEntry(file: string, vendor: string, value: unknown): [string, VendorConfig] {
  if (!isObject(value)) throw usageError(`${file}: "vendors.${vendor}" must be an object of options`)
  const { package: packageName, grant, ...options } = value
  for (const [name, text] of Object.entries({ package: packageName, grant })) {
    if (text !== undefined && typeof text !== 'string') {
      throw usageError(`${file}: "vendors.${vendor}.${name}" must be a string`)
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
