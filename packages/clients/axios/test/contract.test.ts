import { clientContract } from '@valetkey/testing'
import { describe, test } from 'vitest'
import { CLIENTS } from './contract-clients.ts'

for (const { makeClient, options } of CLIENTS) clientContract({ describe, test }, makeClient, options)
