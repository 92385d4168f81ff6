import { describe, expect, test } from 'vitest'
import { agedTools, unsupportedNode } from '../../scripts/node-version.mjs'
import { countCases, missingProgram, missingPrograms } from '../../scripts/part.mjs'

const redis = { program: 'no-such-redis-server', install: 'sudo apt-get install -y redis-server' }

const PROBLEM = 'no-such-redis-server is missing; install it with: sudo apt-get install -y redis-server'

describe('a part of npm test whose program is missing', () => {
  test('is skipped, with the line that installs it', () => {
    expect(missingProgram(redis, { PATH: '/usr/bin' })).toEqual({
      passed: 0,
      failed: 0,
      skipped: 1,
      output: '',
      missing: [PROBLEM],
    })
  })

  test('fails in continuous integration', () => {
    expect(missingProgram(redis, { PATH: '/usr/bin', CI: 'true' })).toMatchObject({
      failed: 1,
      skipped: 0,
      output: PROBLEM,
    })
  })

  test('runs when the program is on the PATH', () => {
    expect(missingProgram({ program: 'node', install: '' }, process.env)).toBeUndefined()
  })
})

describe('cases whose program is missing', () => {
  test('name it once, with the line that installs it', () => {
    const cases = [`a Redis (${PROBLEM}) writes`, `a Redis (${PROBLEM}) reads`, 'a file writes (at once)']
    const report = { testResults: [{ assertionResults: cases.map((fullName) => ({ fullName })) }] }
    expect(missingPrograms(report)).toEqual([PROBLEM])
  })

  test('are none when there is no report', () => {
    expect(missingPrograms(undefined)).toEqual([])
  })
})

describe('the count of test cases', () => {
  const report = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 1, numTodoTests: 1, testResults: [] }

  test('is the one of the report', () => {
    expect(countCases(0, report)).toEqual({ passed: 3, failed: 0, skipped: 2 })
  })

  test('has a failure for a test file that does not load', () => {
    const unloaded = { ...report, testResults: [{ status: 'failed', assertionResults: [] }] }
    expect(countCases(1, unloaded).failed).toBe(1)
  })

  test('has a failure when all cases pass and the run fails', () => {
    expect(countCases(1, report).failed).toBe(1)
  })

  test('has a failure when there is no report', () => {
    expect(countCases(1, undefined)).toEqual({ passed: 0, failed: 1, skipped: 0 })
  })
})

describe('the Node that starts the commands', () => {
  test.each(['18.20.8', '20.18.3'])('is refused at %s, with what to install', (version) => {
    expect(unsupportedNode(version)).toContain('needs Node 20.19.0 or newer')
  })

  test.each(['20.19.0', '20.20.2', '24.21.0'])('is good at %s', (version) => {
    expect(unsupportedNode(version)).toBeUndefined()
  })

  test('is said to be too old for the tools where Node 24 could not be had', () => {
    expect(agedTools('20.20.2')).toContain('install Node 22 or 24')
    expect(agedTools('24.21.0')).toBeUndefined()
  })
})
