import path from 'node:path'
import { expect, test } from 'vitest'
import { childEnvironment } from './child-environment.ts'

const inputs = { data: '/run/data.csv', output: '/run/output', seed: 7, contract: '/run/contract.json' }

test('programs, languages and cards are found as in a terminal, and secrets stay here', () => {
  const kept = {
    HOME: '/home/ada',
    LANG: 'C.UTF-8',
    CUDA_VISIBLE_DEVICES: '0',
    VIRTUAL_ENV: '/venv',
    TOKENIZERS_PARALLELISM: 'false',
    HTTPS_PROXY: 'http://proxy:3128',
  }
  const dropped = {
    SEAWORTHY_DATABASE_URL: 'postgres://x',
    SEAWORTHY_TRAIN_PREVIOUS: '/of/another/run',
    GITHUB_TOKEN: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    PGPASSWORD: 'x',
    api_key: 'x',
    SSH_AUTH_SOCK: '/x',
    GOOGLE_APPLICATION_CREDENTIALS: '/x',
    STORE: 'postgres://me:hunter2@db/x',
    NODE_CHANNEL_FD: '3',
  }
  const child = childEnvironment({ PATH: '/usr/bin', ...kept, ...dropped }, '/project', inputs)
  expect(child).toEqual({
    ...kept,
    PATH: `${path.dirname(process.execPath)}${path.delimiter}/usr/bin`,
    PWD: '/project',
    PYTHONUNBUFFERED: '1',
    PYTHONHASHSEED: '7',
    SEAWORTHY_TRAIN_DATA: '/run/data.csv',
    SEAWORTHY_TRAIN_OUTPUT: '/run/output',
    SEAWORTHY_TRAIN_SEED: '7',
    SEAWORTHY_TRAIN_CONTRACT: '/run/contract.json',
  })
})

test('a warm training is told where the previous package lies', () => {
  const child = childEnvironment({}, '/project', { ...inputs, previous: '/run/previous' })
  expect(child['SEAWORTHY_TRAIN_PREVIOUS']).toBe('/run/previous')
})
