/* Made by `npm run generate` from the files beside it. Do not edit. */
import { createCatalog } from '../../../../kernel/catalog.ts'
import { alertmanagerChannel } from './alertmanager.ts'
import { consoleChannel } from './console.ts'
import { emailChannel } from './email.ts'
import { fileChannel } from './file.ts'
import { pagerdutyChannel } from './pagerduty.ts'
import { slackChannel } from './slack.ts'
import { webhookChannel } from './webhook.ts'

export const channels = createCatalog('channel', [alertmanagerChannel, consoleChannel, emailChannel, fileChannel, pagerdutyChannel, slackChannel, webhookChannel])
