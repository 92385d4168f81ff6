import { clientContract } from '@valetkey/testing'
import { describe, inject, test } from 'vitest'
import { CLIENT } from './contract-chromium.ts'

const { makeClient, options } = CLIENT
clientContract({ describe, test }, makeClient, { ...options, server: () => ({ url: inject('contractServer') }) })
