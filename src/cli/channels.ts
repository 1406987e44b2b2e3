import type { WorkOptions } from '../worker/worker.ts'
import type { App } from './app.ts'
import { noteMail } from './log.ts'

/** How messages to channels leave this machine, the same as from a worker. */
export async function openChannels(app: App): Promise<NonNullable<WorkOptions['channels']>> {
  const { createResolve } = await import('../channels/reach.ts')
  return {
    post: { resolve: createResolve(app.settings.channelNetworks, app.text.canais.internal) },
    mailed: noteMail(app),
  }
}
